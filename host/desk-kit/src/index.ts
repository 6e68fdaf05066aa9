export { config } from './tamagui.config'
export { TamaguiProvider, Theme, View, Text, styled } from '@tamagui/core'
