/** `npm run migrate`: brings the database that DATABASE_URL names up to date. Run it before each deployment. */
import { openDatabase } from './database.ts'
import { StartProblem } from './start-problem.ts'

if (!process.env.DATABASE_URL) {
  console.error('Set DATABASE_URL to the address of the database, as the user that is to own the tables.')
  process.exit(2)
}
try {
  const database = await openDatabase('', process.env)
  await database.close()
  console.log(`${database.name} is up to date.`)
} catch (error) {
  if (!(error instanceof StartProblem)) throw error
  console.error(error.message)
  process.exitCode = 1
}
