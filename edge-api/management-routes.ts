import type { AppPorts } from './account-ports.ts'
import { createAccountDoors } from './guard/account-doors.ts'
import type { Endpoint } from './guard/context.ts'
import type { Door, Methods } from './guard/doors.ts'
import { MAX_UPLOAD_BYTES } from './guard/limit-body.ts'
import { getBilling, postCheckout, postPortal } from './routes/billing.ts'
import {
  deleteAccount,
  deleteOrganization,
  deleteProject,
  deleteSessions,
  getAccountExport,
  getExport,
  getProjectExport,
} from './routes/lifecycle.ts'
import { listAudit, listOrganizations, patchOrganization, putOrganization } from './routes/organization.ts'
import {
  deleteInvitation,
  deleteMember,
  getInvitations,
  listMembers,
  patchMember,
  postAcceptance,
  postInvitation,
  postOwner,
  previewInvitation,
} from './routes/people.ts'
import { getAppearance, putAppearance } from './routes/project-appearance.ts'
import { deleteConversation, getConversation, getConversations } from './routes/project-conversations.ts'
import {
  deleteDocument,
  getDocument,
  getDocuments,
  getJob,
  getSite,
  postDocument,
  putSite,
} from './routes/project-documents.ts'
import { deleteIdentityKey, getIdentity, postIdentityKey, putIdentity } from './routes/project-identity.ts'
import { deleteKey, getKeys, postKey, postRotation } from './routes/project-keys.ts'
import { getLimits, putLimits } from './routes/project-limits.ts'
import { deleteOrigin, explainOrigin, getObserved, getOrigins, postOrigin } from './routes/project-origins.ts'
import { postQuestion } from './routes/project-playground.ts'
import { deleteSlack, finishSlack, getSlack, postSlack } from './routes/project-slack.ts'
import {
  deleteWebhook,
  getDeliveries,
  getWebhooks,
  postReplay,
  postWebhook,
  postWebhookRotation,
} from './routes/project-webhooks.ts'
import { createProject, getProject, listProjects, patchProject } from './routes/projects.ts'
import {
  confirmCode,
  deleteSecondFactor,
  getSecondFactor,
  postBackupCodes,
  postSecondFactor,
  postSecondStep,
} from './routes/second-factor.ts'
import { endSession, listSessions, readSession, signOut } from './routes/session.ts'
import {
  confirmReset,
  confirmVerification,
  postProof,
  postReset,
  postSignIn,
  postSignUp,
  postVerification,
  putPassword,
} from './routes/sign-in.ts'
import {
  deleteIdentity,
  finishSignIn,
  listIdentities,
  listProviders,
  postIdentity,
  postSocial,
} from './routes/social.ts'

/** What the app host serves to people who sign in. */
export function managementRoutes(ports: AppPorts): Record<string, Methods> {
  const { stranger, returning, person, anybody, halfway, proved, organization, project } = createAccountDoors(ports)
  const at = (door: Door, endpoint: Endpoint) => ({ door, endpoint })
  return {
    '/api/session': { GET: at(stranger, readSession(ports)) },
    '/api/sign-up': { POST: at(stranger, postSignUp(ports)) },
    '/api/verification': { POST: at(stranger, postVerification(ports)) },
    '/api/verification/confirm': { POST: at(stranger, confirmVerification(ports)) },
    '/api/sign-in': { GET: at(stranger, listProviders(ports)), POST: at(stranger, postSignIn(ports)) },
    '/api/sign-in/second-factor': { POST: at(halfway, postSecondStep(ports)) },
    '/api/sign-in/google/callback': { GET: at(stranger, finishSignIn(ports, 'google')) },
    '/api/sign-in/apple/callback': { POST: at(returning, finishSignIn(ports, 'apple')) },
    '/api/sign-in/:provider': { POST: at(stranger, postSocial(ports)) },
    '/api/identities': { GET: at(person, listIdentities(ports)) },
    '/api/identities/:provider': {
      POST: at(proved, postIdentity(ports)),
      DELETE: at(proved, deleteIdentity(ports)),
    },
    '/api/password/reset': { POST: at(stranger, postReset(ports)) },
    '/api/password/reset/confirm': { POST: at(stranger, confirmReset(ports)) },
    '/api/sign-out': { POST: at(anybody, signOut(ports)) },
    '/api/password': { PUT: at(person, putPassword(ports)) },
    '/api/proof': { POST: at(person, postProof(ports)) },
    '/api/second-factor': {
      GET: at(person, getSecondFactor(ports)),
      POST: at(proved, postSecondFactor(ports)),
      DELETE: at(proved, deleteSecondFactor(ports)),
    },
    '/api/second-factor/confirm': { POST: at(person, confirmCode(ports)) },
    '/api/second-factor/backup-codes': { POST: at(proved, postBackupCodes(ports)) },
    '/api/sessions': { GET: at(person, listSessions(ports)), DELETE: at(person, deleteSessions(ports)) },
    '/api/sessions/:id': { DELETE: at(person, endSession(ports)) },
    '/api/session/organization': { PUT: at(person, putOrganization(ports)) },
    '/api/organizations': { GET: at(person, listOrganizations(ports)) },
    '/api/account': { DELETE: at(proved, deleteAccount(ports)) },
    '/api/account/export': { GET: at(proved, getAccountExport(ports)) },
    '/api/export': { GET: at(organization('organization.export'), getExport(ports)) },
    '/api/organization': {
      PATCH: at(organization('organization.manage'), patchOrganization(ports)),
      DELETE: at(organization('organization.delete'), deleteOrganization(ports)),
    },
    '/api/organization/owner': { POST: at(organization('members.manage'), postOwner(ports)) },
    '/api/billing': { GET: at(organization('billing.read'), getBilling(ports)) },
    '/api/billing/checkout': { POST: at(organization('billing.manage'), postCheckout(ports)) },
    '/api/billing/portal': { POST: at(organization('billing.manage'), postPortal(ports)) },
    '/api/members': { GET: at(organization('members.read'), listMembers(ports)) },
    '/api/members/:id': {
      PATCH: at(organization('members.manage'), patchMember(ports)),
      DELETE: at(organization('members.manage'), deleteMember(ports)),
    },
    '/api/invitations': {
      GET: at(organization('members.read'), getInvitations(ports)),
      POST: at(organization('invitations.manage'), postInvitation(ports)),
    },
    '/api/invitations/preview': { POST: at(stranger, previewInvitation(ports)) },
    '/api/invitations/accept': { POST: at(person, postAcceptance(ports)) },
    '/api/invitations/:id': { DELETE: at(organization('invitations.manage'), deleteInvitation(ports)) },
    '/api/audit': { GET: at(organization('audit.read'), listAudit(ports)) },
    '/api/projects': {
      GET: at(organization('organization.read'), listProjects(ports)),
      POST: at(organization('project.create'), createProject(ports)),
    },
    '/api/projects/:project/origins': {
      GET: at(project('settings.read'), getOrigins),
      POST: at(project('origins.manage'), postOrigin(ports)),
    },
    '/api/projects/:project/origins/explain': { POST: at(project('settings.read'), explainOrigin) },
    '/api/projects/:project/origins/observed': { GET: at(project('settings.read'), getObserved) },
    '/api/projects/:project/origins/:id': { DELETE: at(project('origins.manage'), deleteOrigin(ports)) },
    '/api/projects/:project/keys': {
      GET: at(project('settings.read'), getKeys),
      POST: at(project('keys.manage'), postKey(ports)),
    },
    '/api/projects/:project/keys/:id': { DELETE: at(project('keys.manage'), deleteKey(ports)) },
    '/api/projects/:project/keys/:id/rotate': { POST: at(project('keys.manage'), postRotation(ports)) },
    '/api/projects/:project/webhooks': {
      GET: at(project('webhooks.read'), getWebhooks(ports)),
      POST: at(project('webhooks.manage'), postWebhook(ports)),
    },
    '/api/projects/:project/webhooks/deliveries': { GET: at(project('webhooks.read'), getDeliveries) },
    '/api/projects/:project/webhooks/deliveries/:id/replay': {
      POST: at(project('webhooks.manage'), postReplay(ports)),
    },
    '/api/projects/:project/webhooks/:id': { DELETE: at(project('webhooks.manage'), deleteWebhook(ports)) },
    '/api/projects/:project/webhooks/:id/rotate': {
      POST: at(project('webhooks.manage'), postWebhookRotation(ports)),
    },
    '/api/slack/callback': { GET: at(person, finishSlack(ports)) },
    '/api/projects/:project/slack': {
      GET: at(project('webhooks.read'), getSlack(ports)),
      POST: at(project('webhooks.manage'), postSlack(ports)),
    },
    '/api/projects/:project/slack/:team': { DELETE: at(project('webhooks.manage'), deleteSlack(ports)) },
    '/api/projects/:project': {
      GET: at(project('project.read'), getProject),
      PATCH: at(project('settings.write'), patchProject(ports)),
      DELETE: at(project('project.delete'), deleteProject(ports)),
    },
    '/api/projects/:project/export': { GET: at(project('project.export'), getProjectExport) },
    '/api/projects/:project/widget': {
      GET: at(project('settings.read'), getAppearance),
      PUT: at(project('settings.write'), putAppearance(ports)),
    },
    '/api/projects/:project/limits': {
      GET: at(project('settings.read'), getLimits),
      PUT: at(project('settings.write'), putLimits(ports)),
    },
    '/api/projects/:project/identity': {
      GET: at(project('settings.read'), getIdentity),
      PUT: at(project('settings.write'), putIdentity(ports)),
    },
    '/api/projects/:project/identity/keys': { POST: at(project('keys.manage'), postIdentityKey(ports)) },
    '/api/projects/:project/identity/keys/:id': { DELETE: at(project('keys.manage'), deleteIdentityKey(ports)) },
    '/api/projects/:project/site': {
      GET: at(project('knowledge.read'), getSite),
      PUT: at(project('knowledge.write'), putSite(ports)),
    },
    '/api/projects/:project/documents': {
      GET: at(project('knowledge.read'), getDocuments),
      POST: at(project('knowledge.write', MAX_UPLOAD_BYTES), postDocument(ports)),
    },
    '/api/projects/:project/documents/:id': {
      GET: at(project('knowledge.read'), getDocument),
      DELETE: at(project('knowledge.write'), deleteDocument(ports)),
    },
    '/api/projects/:project/conversations': { GET: at(project('conversations.read'), getConversations) },
    '/api/projects/:project/conversations/:id': {
      GET: at(project('conversations.read'), getConversation),
      DELETE: at(project('conversations.delete'), deleteConversation(ports)),
    },
    '/api/projects/:project/playground': { POST: at(project('playground.ask'), postQuestion) },
    '/api/projects/:project/jobs/:id': { GET: at(project('knowledge.read'), getJob) },
  }
}
