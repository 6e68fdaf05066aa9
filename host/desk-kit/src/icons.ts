export * as Icons from './lucide'
