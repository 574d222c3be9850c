/**
 * Bytes that the isolate of a workerd process uses, as its own inspector counts them. What nobody holds any more counts too until
 * the Worker has called `gc()`: workerd leaves the inspector's own command for that unanswered.
 */
export async function isolateHeap(inspectorPort: number): Promise<number> {
  const targets = (await (await fetch(`http://127.0.0.1:${inspectorPort}/json`)).json()) as { id: string }[]
  const socket = new WebSocket(`ws://127.0.0.1:${inspectorPort}/${targets[0]?.id}`)
  try {
    return await new Promise<number>((resolve, reject) => {
      socket.onerror = () => reject(new Error('the inspector cannot be reached'))
      socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.getHeapUsage' }))
      socket.onmessage = ({ data }) => {
        const { id, result } = JSON.parse(String(data)) as { id?: number; result?: Record<string, number> }
        // Backing storage: typed arrays and the like, which lie beside the heap.
        if (id === 1) resolve((result?.usedSize ?? Number.NaN) + (result?.backingStorageSize ?? 0))
      }
    })
  } finally {
    socket.close()
  }
}
