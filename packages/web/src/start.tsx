import './styles/app.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './data/query-client.ts'
import { adoptSession } from './data/session.ts'
import { ThemeKeeper } from './data/theme.ts'
import { router } from './router.tsx'
import { HoverTips } from './ui/hover-tips.tsx'
import { Toaster } from './ui/toast.tsx'

adoptSession()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <ThemeKeeper />
      <RouterProvider router={router} />
      <Toaster />
      <HoverTips />
    </QueryClientProvider>
  </StrictMode>,
)
