// The look in tokens: one set of semantic colours per scheme, used by Tamagui's components and, as CSS variables, by
// everything dense (grids, tables, badges), which is plain DOM for speed.
import { createFont, createTamagui, createTokens } from '@tamagui/core'

const family =
  "'Inter Variable', Inter, 'Noto Sans Devanagari Variable', system-ui, -apple-system, 'Segoe UI', sans-serif"
const size = { 1: 11, 2: 12, 3: 13, 4: 14, 5: 15, 6: 16, 7: 18, 8: 20, 9: 24, 10: 30, true: 13 } as const
const lineHeight = Object.fromEntries(
  Object.entries(size).map(([k, v]) => [k, Math.round(v * 1.45)]),
) as unknown as Record<keyof typeof size, number>
const body = createFont({
  family,
  size,
  lineHeight,
  weight: { 1: '400', 4: '400', 5: '500', 6: '600', 7: '700', true: '400' },
  letterSpacing: { 1: 0, 4: 0, 8: -0.2, 9: -0.4, 10: -0.6, true: 0 },
})

const tokens = createTokens({
  size: { 0: 0, 1: 4, 2: 8, 3: 12, 4: 16, 5: 20, 6: 24, 7: 28, 8: 32, 9: 36, 10: 40, true: 32 },
  space: { 0: 0, 0.5: 2, 1: 4, 1.5: 6, 2: 8, 2.5: 10, 3: 12, 4: 16, 5: 20, 6: 24, 8: 32, true: 12 },
  radius: { 0: 0, 1: 4, 2: 6, 3: 8, 4: 10, 5: 12, round: 999, true: 6 },
  zIndex: { 0: 0, 1: 100, true: 0 },
  color: { white: '#ffffff', black: '#000000' },
})

const light = {
  background: '#f5f6f8',
  surface: '#ffffff',
  surface2: '#fafbfc',
  sidebar: '#fbfbfc',
  hover: '#f1f3f6',
  press: '#e8ebf0',
  selected: '#e6f3f1',
  border: '#e3e7ed',
  borderStrong: '#cbd2dc',
  borderColor: '#e3e7ed',
  color: '#16202c',
  muted: '#566273',
  subtle: '#667182',
  placeholderColor: '#667182',
  accent: '#0f766e',
  accentHover: '#0c635c',
  accentSoft: '#e3f2f0',
  onAccent: '#ffffff',
  success: '#11703f',
  successSoft: '#e4f5eb',
  warning: '#8a5a00',
  warningSoft: '#fdf2d9',
  danger: '#b42318',
  dangerSoft: '#fde8e6',
  info: '#1d57c2',
  infoSoft: '#e8effd',
  neutral: '#4b5768',
  neutralSoft: '#eceff3',
  violet: '#6d3bc4',
  violetSoft: '#f1eafd',
  shadow: 'rgba(16,24,40,0.06)',
  shadowColor: 'rgba(16,24,40,0.10)',
  ring: 'rgba(15,118,110,0.28)',
}
const dark: typeof light = {
  background: '#0e1317',
  surface: '#151b21',
  surface2: '#12181d',
  sidebar: '#11171c',
  hover: '#1c242b',
  press: '#232d35',
  selected: '#12302e',
  border: '#242e37',
  borderStrong: '#3b4955',
  borderColor: '#242e37',
  color: '#e6ebf0',
  muted: '#a3b0bd',
  subtle: '#8e9ba9',
  placeholderColor: '#8e9ba9',
  accent: '#3fd0bf',
  accentHover: '#63dccd',
  accentSoft: '#12302e',
  onAccent: '#062421',
  success: '#5fd497',
  successSoft: '#11301f',
  warning: '#f0b955',
  warningSoft: '#35280d',
  danger: '#ff8d83',
  dangerSoft: '#3b1a18',
  info: '#8ab4ff',
  infoSoft: '#16264a',
  neutral: '#b4c0cb',
  neutralSoft: '#232d35',
  violet: '#c3a5ff',
  violetSoft: '#2a1f45',
  shadow: 'rgba(0,0,0,0.4)',
  shadowColor: 'rgba(0,0,0,0.5)',
  ring: 'rgba(63,208,191,0.35)',
}

export const config = createTamagui({
  fonts: { body, heading: body },
  tokens,
  themes: { light, dark },
  media: { sm: { maxWidth: 720 }, md: { maxWidth: 1024 } },
  settings: {
    defaultFont: 'body',
    fastSchemeChange: true,
    shouldAddPrefersColorThemes: false,
    addThemeClassName: 'html',
    styleCompat: 'web',
  },
})
export type Config = typeof config
declare module '@tamagui/core' {
  interface TamaguiCustomConfig extends Config {}
}
