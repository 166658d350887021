import { Component, type ReactNode } from 'react'
import { ErrorNote } from './error-note.tsx'

type Props = { children: ReactNode; resetKey?: unknown }
type State = { error: unknown; failed: boolean }

/** Keeps a failure inside the panel where it happened. A new `resetKey` tries again. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, failed: false }
  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true }
  }
  override componentDidUpdate(previous: Props) {
    if (this.state.failed && previous.resetKey !== this.props.resetKey) this.setState({ error: null, failed: false })
  }
  override render() {
    if (!this.state.failed) return this.props.children
    return <ErrorNote error={this.state.error} retry={() => this.setState({ error: null, failed: false })} className="m-3" />
  }
}
