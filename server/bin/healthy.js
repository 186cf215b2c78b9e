// Ends with 0 where the member on this machine answers: the health check of the container. DGOS_LISTEN as the member has it.
const listen = process.env.DGOS_LISTEN ?? '127.0.0.1:8080'
const local = listen.replace(/^(0\.0\.0\.0|\[::\])(?=:)/, '127.0.0.1')

try {
  const answer = await fetch(`http://${local}/healthz`, { signal: AbortSignal.timeout(4_000) })
  process.exitCode = answer.ok ? 0 : 1
} catch (error) {
  console.error(`${local} does not answer: ${error.cause?.code ?? error.message}`)
  process.exitCode = 1
}
