// Written from the routes of the backend: `MUSTER_UPDATE=1 cargo test --workspace --lib -- client`.

import type { Answer, ChangeOptions, Listing, NotModified, Options, PostOptions, ReadOptions } from "./client.js";

/** The result of accepting an invitation. */
export interface AcceptedInvitation {
  /** The new member. */
  member: Member;
  /** The organization's id. */
  organization: OrganizationId;
}

/** The action of an access request. */
export interface AccessAction {
  /** The permission: one of Muster's, or one of the product's. */
  name: string;
  /** Properties of the action. A role's conditions can compare them. */
  properties?: Record<string, unknown> | null;
}

/** The metadata of this policy decision point. */
export interface AccessConfiguration {
  /** The URL for a single access request. */
  access_evaluation_endpoint: string;
  /** The URL for a batch of access requests. */
  access_evaluations_endpoint: string;
  /** The identifier of the policy decision point. */
  policy_decision_point: string;
  /** The URL for action searches. */
  search_action_endpoint: string;
  /** The URL for resource searches. */
  search_resource_endpoint: string;
  /** The URL for subject searches. */
  search_subject_endpoint: string;
}

/** The resource of an access request. */
export interface AccessResource {
  /** The resource's id, which the product chooses. If no such resource is registered, only roles on the whole organization count. */
  id: string;
  /**
   * Properties of the resource. A role's conditions can compare them. `organization` is the organization's id, if the
   * subject does not have it.
   */
  properties?: Record<string, unknown> | null;
  /** The resource type, from the role set. */
  type: string;
}

/** The subject of an access request. */
export interface AccessSubject {
  /**
   * The subject's id: `usr_…` or the identity provider's subject for a user, `key_…` for an API key. `sub:` followed by the
   * subject always names that subject.
   */
  id: string;
  /** Properties of the subject. A role's conditions can compare them. `organization` is the organization's id. */
  properties?: Record<string, unknown> | null;
  /** `user` or `api_key`. Subjects of other types are always denied. */
  type: string;
}

/** An action, or a part of one. */
export interface ActionPart {
  /** The permission: one of Muster's, or one of the product's. */
  name?: string | null;
  /** Properties of the action. A role's conditions can compare them. */
  properties?: Record<string, unknown> | null;
}

/** An action that the subject may perform. */
export interface ActionResult {
  /** The permission's name. */
  name: string;
}

/** A page of search results. */
export interface ActionResultPage {
  /** The reason why there are no results. Only present if there was nothing to search. */
  context?: SearchContext;
  /** Information about the page. */
  page: SearchPage;
  /** The results of this page. */
  results: ActionResult[];
}

/** A search for actions that the subject may perform on the resource. */
export interface ActionSearchRequest {
  /** `organization` is the organization's id. Subject and resource can have it too. */
  context?: Record<string, unknown> | null;
  /** The requested page. */
  page?: RequestedPage | null;
  /** The resource. */
  resource: AccessResource;
  /** The subject. */
  subject: AccessSubject;
}

/** A person to add: directly if their account is known, and by invitation otherwise. Either `email` or `contact` is required. */
export type AddMemberRequest = {
  contact?: never;
  /** How long a time-limited role lasts, from now or from acceptance. */
  duration?: Term | null;
  /**
   * The person's email address. The person is added directly only if the contact with this address has an account that
   * someone vouches for.
   */
  email: EmailAddress;
  /** The language of the email. Without it, the email is in the person's own language, or in the deployment's. */
  language?: Language | null;
  /** A message for the email to the person. */
  message?: Message | null;
  /** The resources that the role applies to. */
  resources?: ResourceName[];
  /** The role to assign or offer. */
  role: RoleId;
} | {
  /**
   * The id of the person's contact. A removed member is added directly if the contact still has the address that they
   * joined with. The caller must have `contacts:read` on the whole organization.
   */
  contact: ContactId;
  /** How long a time-limited role lasts, from now or from acceptance. */
  duration?: Term | null;
  email?: never;
  /** The language of the email. Without it, the email is in the person's own language, or in the deployment's. */
  language?: Language | null;
  /** A message for the email to the person. */
  message?: Message | null;
  /** The resources that the role applies to. */
  resources?: ResourceName[];
  /** The role to assign or offer. */
  role: RoleId;
};

/** The result of adding a person. Contains either `member` or `invitation`. */
export interface AddedMember {
  /** The invitation, if the person was invited. */
  invitation?: Invitation;
  /** The member, if the person was added directly. */
  member?: Member;
}

/** An API key. */
export interface ApiKey {
  /** When the key was created. */
  created_at: string;
  /** When the key expires; null if it does not. */
  expires_at: string | null;
  /** The key's id. */
  id: KeyId;
  /** When the key was last used, to the hour; null if it was never used. */
  last_used_at: string | null;
  /** The user who created the key. */
  made_by: UserId;
  /** The key's display name. */
  name: string;
  /** When the secret from before the last rotation stops working; null if it no longer works. */
  old_secret_until: string | null;
  /** The beginning of the key's secrets. It identifies the key and gives no access. */
  prefix: string;
  /** Whether the key can only read. */
  read_only: boolean;
  /** The resources that the key is limited to. An empty list means no such limit. */
  resources: NamedResource[];
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/** One page of a list. */
export interface ApiKeyPage {
  /** The rows of this page. */
  items: ApiKey[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** A role set that an organization can be created with. */
export type AvailableRoleSet = RoleSet & {
  /** The roles, from the highest to the lowest. */
  roles: DescribedRole[];
};

/** One page of a list. */
export interface AvailableRoleSetPage {
  /** The rows of this page. */
  items: AvailableRoleSet[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** One access request of a batch. Omitted fields use the top-level defaults. */
export interface BatchEvaluation {
  /** The action. */
  action?: ActionPart | null;
  /** The context. */
  context?: Record<string, unknown> | null;
  /** The resource. */
  resource?: ResourcePart | null;
  /** The subject. */
  subject?: SubjectPart | null;
}

/** The invitations of a bulk action. */
export interface BulkInvitationsRequest {
  /** Whether to only show what would happen, without changing anything. */
  dry_run?: boolean;
  /** Up to 100 invitations. Duplicates count once. */
  invitations: InvitationId[];
}

/** The members of a bulk action. */
export interface BulkMembersRequest {
  /** Whether to only show what would happen, without changing anything. */
  dry_run?: boolean;
  /** Up to 100 members. A member named twice, by id or by subject, counts once. */
  members: UserName[];
}

/**
 * The reason for a cancellation that no member requested.
 *
 * - `resource_deleted`: All offered resources have been deleted.
 * - `already_member`: The invitee is a member, with another address.
 */
export type CancelReason = "resource_deleted" | "already_member";

/** A role for selected members. It replaces all roles that they hold. */
export interface ChangeRolesRequest {
  /** Whether to only show what would happen, without changing anything. */
  dry_run?: boolean;
  /** How long a time-limited role lasts, from now. */
  duration?: Term | null;
  /** Up to 100 members. A member named twice, by id or by subject, counts once. */
  members: UserName[];
  /** The resources that the role applies to. */
  resources?: ResourceName[];
  /** The role to assign. */
  role: RoleId;
}

/** A color: `#` and six hexadecimal digits. */
export type Color = string;

/** A contact: a person known to the organization. */
export interface Contact {
  /** The contact's email address. */
  email: string;
  /** Whether the contact has a known account. If so, it can be selected as that person (`contact` of `POST …/members`). */
  has_account: boolean;
  /** The contact's id, which the product chooses. A contact that is created when a member leaves has their user id. */
  id: ContactId;
  /** The contact's name; null if it is not known. */
  name: string | null;
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/** A contact's id, which the product chooses. */
export type ContactId = string;

/** One page of a list. */
export interface ContactPage {
  /** The rows of this page. */
  items: Contact[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** An API key to create. */
export interface CreateApiKeyRequest {
  /** When the key expires. Omit it, or send null, if the key does not expire. */
  expires_at?: Instant | null;
  /** The key's display name, 1 to 120 characters. */
  name: Name;
  /** Whether the key can only read. */
  read_only?: boolean;
  /** Up to 50 resources that the key is limited to. An empty list means no such limit. */
  resources?: ResourceName[];
}

/** A background export to start. */
export interface CreateExportRequest {
  /** The people to export. The default is everyone. */
  filter?: ExportSelection | null;
  /** The file format: `csv` or `xlsx`. */
  format: FileFormat;
  /** The time zone of times in the file. The default is the time zone of the caller's profile, or else UTC. */
  timezone?: TimeZone | null;
}

/** Invitations to send. */
export interface CreateInvitationsRequest {
  /** Whether to only show what would happen, without sending anything. */
  dry_run?: boolean;
  /** How long a time-limited role lasts, from acceptance. */
  duration?: Term | null;
  /** Up to 20 email addresses: a list, or text in which commas, semicolons, spaces or new lines separate them. */
  emails: string | string[];
  /** The language of the emails. Without it, they are in the deployment's language. */
  language?: Language | null;
  /** A message from the inviter. Without it, the invitation has the organization's default message. */
  message?: Message | null;
  /** The resources that the role is offered on. */
  resources?: ResourceName[];
  /** The role that the invitation offers. */
  role: RoleId;
}

/** An organization to create. */
export interface CreateOrganizationRequest {
  /** The organization's name, 1 to 120 characters. */
  name: Name;
  /** The organization's role set. It cannot be changed later. */
  role_set: string;
}

/** The result of sending invitations. */
export interface CreatedInvitations {
  /** The people who were added directly, because their accounts are known. */
  added: Member[];
  /** The invitations that were created. */
  invitations: Invitation[];
  /** The organization's seats after the request. */
  seats: Seats;
}

/** An access decision. */
export interface Decision {
  /** The reason for the decision. */
  context: DecisionReason;
  /** Whether the request is permitted. */
  decision: boolean;
}

/** The reason for a decision. */
export type DecisionReason = {
  /** The resource that the role is held on; null for the organization. */
  resource: ResourceName | null;
  /** The role that permits the request. */
  role: string;
  /** How the role was given; null if that is unknown. Only visible to callers who see it in the member. */
  source?: RoleSource | null;
  /** The condition of the role that the properties meet, if it has any on this permission. */
  when?: Record<string, unknown>;
} | {
  /** The required fields that are missing from a request in a batch. */
  missing?: string[];
  /** The permission and the roles that would permit the request, if a role would. */
  needed?: MissingPermission;
  /** A stable code for the reason. */
  reason: string;
};

/** The decision on one request, or the decisions on a batch. */
export type Decisions = Decision | {
  /** One decision for each request. */
  evaluations: Decision[];
};

/**
 * The status of the latest email of an invitation.
 *
 * - `queued`: In the outbox.
 * - `sent`: Accepted by the mail service.
 * - `failed`: Permanently refused by the mail service.
 * - `returned`: Returned, but another email may arrive: the mailbox is full, or the invitee is away.
 * - `delivered`: Accepted by the recipient's server.
 * - `bounced`: Permanently returned: there is no such mailbox.
 * - `complained`: Reported as spam by the recipient.
 * - `declined`: Not sent: the person has declined an invitation of the organization.
 */
export type Delivery = "queued" | "sent" | "failed" | "returned" | "delivered" | "bounced" | "complained" | "declined";

/** A role of a role set. */
export interface DescribedRole {
  /** What the role is for. */
  description: string;
  /** The role's id. */
  id: RoleId;
  /** The role's display name. */
  name: string;
}

/** A domain of email addresses. Surrounding white space is removed. The pattern accepts more than the API does. */
export type Domain = string;

/** The result of a dry run. */
export interface DryRun {
  /** The people who would be added directly. */
  added: Member[];
  /** Always true. */
  dry_run: true;
  /** The organization's seats now, and how many more the request would use. */
  seats: NeededSeats;
  /** The outcome for each address. */
  verdicts: DryRunVerdict[];
}

/** What a request would do with one address. */
export type DryRunOutcome = "invite" | "add";

/** The outcome of a dry run for one address. */
export interface DryRunVerdict {
  /** The email address, as it would be stored. */
  email: string;
  /** `invite` if an invitation would be sent, `add` if the person would be added directly. */
  verdict: DryRunOutcome;
}

/** An email address. Surrounding white space is removed. The pattern accepts more than the API does. */
export type EmailAddress = string;

/**
 * The kind of an actor or of a subject. New kinds may be added.
 *
 * - `user`: A user, by id.
 * - `api_key`: An API key.
 * - `platform`: The platform, by the id of the user that its token was issued to.
 * - `system`: A job of Muster, by its name.
 * - `organization`: The organization.
 * - `invitation`: An invitation.
 * - `resource`: A resource, as `type/id`.
 * - `contact`: A contact.
 */
export type EntityKind = "user" | "api_key" | "platform" | "system" | "organization" | "invitation" | "resource" | "contact";

/** Options for a batch. */
export interface EvaluationOptions {
  /** Whether to evaluate every request, or only those up to the first denial or the first permit. */
  evaluations_semantic?: Semantic;
}

/** An access request: may the subject perform the action on the resource? */
export interface EvaluationRequest {
  /** The action. */
  action: AccessAction;
  /** `organization` is the organization's id. Subject and resource can have it too. Everything else is ignored. */
  context?: Record<string, unknown> | null;
  /** The resource. */
  resource: AccessResource;
  /** The subject. */
  subject: AccessSubject;
}

/**
 * Up to 100 access requests. The top-level fields are defaults for each of them. Without `evaluations`, or with an empty list, the
 * top-level fields are a single access request.
 */
export interface EvaluationsRequest {
  /** The default action. */
  action?: ActionPart | null;
  /** The default context. `organization` is the organization's id. Subject and resource can have it too. */
  context?: Record<string, unknown> | null;
  /** The access requests. */
  evaluations?: BatchEvaluation[] | null;
  /** Options for the batch. */
  options?: EvaluationOptions | null;
  /** The default resource. */
  resource?: ResourcePart | null;
  /** The default subject. */
  subject?: SubjectPart | null;
}

/** An event: a record of one change. */
export interface Event {
  /** The actor that made the change. */
  actor: EventEntity;
  /** The state after the change, with the same fields. */
  after: unknown;
  /** When the change was made. */
  at: string;
  /** The state of the changed resource before the change. It includes a profile or a message only if that changed. */
  before: unknown;
  /** The event's id. Ids sort by time. */
  id: EventId;
  /** The kind of event. */
  kind: EventKind;
  /** The resource, organization, user or other subject that was changed. */
  subject: EventEntity;
}

/** The actor or the subject of an event. */
export interface EventEntity {
  /** The id of the actor or subject. */
  id: string;
  /**
   * Its present name. Null if it has none, if it no longer exists, if the caller cannot see it, and beyond the first 100 actors and
   * subjects of a page.
   */
  name: string | null;
  /** What the actor or subject is. */
  type: EntityKind;
}

/** An event's id. */
export type EventId = string;

/**
 * The kind of an event. New kinds may be added.
 *
 * - `organization.created`: An organization was created.
 * - `organization.updated`: The name or the settings of the organization changed.
 * - `organization.plan_set`: The platform set the plan: seat limit, allowed domains and mail limit.
 * - `organization.ownership_transferred`: An owner transferred ownership to another member.
 * - `organization.paying_owner_named`: An owner named the billing owner.
 * - `organization.suspended`: The organization was suspended.
 * - `organization.resumed`: The suspension ended.
 * - `organization.suspension_planned`: A suspension was set to begin later, or such a suspension was changed.
 * - `organization.suspension_cancelled`: A suspension that had not begun was canceled.
 * - `organization.deleted`: An owner deleted the organization. The platform can restore it until `restorable_until`.
 * - `organization.restored`: The platform restored the deleted organization.
 * - `organization.erased`: The deleted organization was erased.
 * - `member.added`: A person was added directly, without an invitation.
 * - `member.joined`: A person became a member by accepting an invitation.
 * - `member.updated`: The name or the profile of a member changed.
 * - `member.role_changed`: The roles of a member changed.
 * - `member.role_ended`: A role of a member ended: it expired, or it was turned off.
 * - `member.grant_ended`: A role on a resource ended because the resource was deleted.
 * - `member.activated`: An inactive member was activated.
 * - `member.deactivated`: A member was deactivated.
 * - `member.left`: A member left.
 * - `member.removed`: A member was removed by another member.
 * - `members.exported`: The list of people was exported as a file.
 * - `invitation.created`: An invitation was sent.
 * - `invitation.updated`: What an invitation offers changed.
 * - `invitation.resent`: An invitation was sent again.
 * - `invitations.resend_requested`: All pending invitations were to be sent again.
 * - `invitation.accepted`: The invited person accepted.
 * - `invitation.declined`: The invited person declined.
 * - `invitation.cancelled`: An invitation was canceled, by a member or because it could no longer be accepted.
 * - `invitation.expired`: An invitation expired.
 * - `api_key.created`: An API key was created.
 * - `api_key.rotated`: An API key got a new secret.
 * - `api_key.revoked`: An API key was revoked.
 * - `resource.registered`: A resource was registered.
 * - `resource.renamed`: A resource got another name.
 * - `resource.deleted`: A resource was deleted.
 * - `contact.created`: A contact was registered, or a former member became one.
 * - `contact.updated`: A contact changed.
 * - `contact.deleted`: A contact was deleted.
 */
export type EventKind = "organization.created" | "organization.updated" | "organization.plan_set" | "organization.ownership_transferred" | "organization.paying_owner_named" | "organization.suspended" | "organization.resumed" | "organization.suspension_planned" | "organization.suspension_cancelled" | "organization.deleted" | "organization.restored" | "organization.erased" | "member.added" | "member.joined" | "member.updated" | "member.role_changed" | "member.role_ended" | "member.grant_ended" | "member.activated" | "member.deactivated" | "member.left" | "member.removed" | "members.exported" | "invitation.created" | "invitation.updated" | "invitation.resent" | "invitations.resend_requested" | "invitation.accepted" | "invitation.declined" | "invitation.cancelled" | "invitation.expired" | "api_key.created" | "api_key.rotated" | "api_key.revoked" | "resource.registered" | "resource.renamed" | "resource.deleted" | "contact.created" | "contact.updated" | "contact.deleted";

/** One page of a list. */
export interface EventPage {
  /** The rows of this page. */
  items: Event[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** An export. */
export interface Export {
  /** When the export was requested. */
  created_at: string;
  /** When the export is deleted. */
  expires_at: string;
  /** The people that the export contains. */
  filter: ExportSelection;
  /** The file format: `csv` or `xlsx`. */
  format: FileFormat;
  /** The export's id. */
  id: ExportId;
  /** The number of rows read so far. Once the export is ready, this is the total. */
  rows: number;
  /** `running`, `ready` or `failed`. A failed export is not retried. */
  state: ExportState;
  /** The time zone of times in the file. */
  timezone: string;
  /** Once the export is ready, a link that opens the file without a token. Each request returns a new link. */
  url: string | null;
  /** When the link expires. */
  url_expires_at: string | null;
}

/** An export's id. */
export type ExportId = string;

/** The people that an export contains, and their order: the parameters of the people list. */
export interface ExportSelection {
  /** Members (`accepted`) or invitations (`pending`). */
  invite_status?: InviteStatus | null;
  /** When members joined. */
  joined_in?: Period | null;
  /** Up to 8 words. Each must begin a word of the name or the address. */
  q?: string | null;
  /** A resource on which a role is held or offered, as `type:id`. */
  resource?: ResourceText | null;
  /** Up to 16 roles. A person matches if they hold one of them anywhere, or are offered one. */
  role?: RoleId[];
  /** The sort order. */
  sort?: Order | null;
  /** The status of members: `active` or `inactive`. */
  status?: Status | null;
}

/**
 * The state of an export.
 *
 * - `running`: It is being made.
 * - `ready`: The file can be fetched.
 * - `failed`: It failed; another one can be requested.
 */
export type ExportState = "running" | "ready" | "failed";

/** An invalid field or address. */
export interface Fault {
  /**
   * A stable error code. New codes may be added.
   *
   * - `address_not_verified`: the account of this address has not verified it
   * - `already_invited`: the address has a pending invitation
   * - `already_member`: the person is a member
   * - `changed`: the request differs from the one that the page token was made for
   * - `contact_address_taken`: another contact has this address
   * - `domain_not_allowed`: the plan does not allow the role for this domain
   * - `duplicate_field`: an object has the field twice
   * - `in_the_past`: the time is over
   * - `invalid_cursor`: the cursor belongs to another list, or is none
   * - `invalid_email`: the text is no email address
   * - `invalid_encoding`: the text is not percent-encoded UTF-8
   * - `invalid_token`: the page token belongs to another search, or is none
   * - `invalid_value`: the value is not of the form that the field has
   * - `mailed_too_often`: the address was sent too many emails
   * - `missing_field`: the field is required
   * - `no_addresses`: the list has no address
   * - `not_allowed`: the field has no meaning beside the others
   * - `not_assignable`: the caller cannot assign the role
   * - `not_available`: the person cannot be invited
   * - `not_in_plan`: the plan does not include it
   * - `not_offered`: the role does not have this duration
   * - `out_of_range`: the number is too small or too large
   * - `repeated`: the list has an entry twice
   * - `repeated_parameter`: the query has the parameter twice
   * - `required`: the other fields make this one necessary
   * - `reused`: the key was used for another request
   * - `role_not_enabled`: the organization has not enabled the role
   * - `same_person`: another address of the list belongs to the same person
   * - `too_long`: the text or the time is too long
   * - `too_many`: the list has too many entries
   * - `too_many_addresses`: the list has too many addresses
   * - `too_many_changes`: one request cannot change so much
   * - `unknown_contact`: there is no such contact
   * - `unknown_field`: there is no such field
   * - `unknown_parameter`: the operation has no such parameter
   * - `unknown_resource`: there is no such resource
   * - `unknown_role`: the role set has no such role
   * - `unknown_role_set`: there is no such role set
   * - `unknown_type`: the role set has no such resource type
   * - `wrong_type`: the value is of another JSON type
   */
  code: "address_not_verified" | "already_invited" | "already_member" | "changed" | "contact_address_taken" | "domain_not_allowed" | "duplicate_field" | "in_the_past" | "invalid_cursor" | "invalid_email" | "invalid_encoding" | "invalid_token" | "invalid_value" | "mailed_too_often" | "missing_field" | "no_addresses" | "not_allowed" | "not_assignable" | "not_available" | "not_in_plan" | "not_offered" | "out_of_range" | "repeated" | "repeated_parameter" | "required" | "reused" | "role_not_enabled" | "same_person" | "too_long" | "too_many" | "too_many_addresses" | "too_many_changes" | "unknown_contact" | "unknown_field" | "unknown_parameter" | "unknown_resource" | "unknown_role" | "unknown_role_set" | "unknown_type" | "wrong_type";
  /** A human-readable explanation. */
  detail: string;
  /** The email address, as the request has it. */
  email?: string;
  /** The field, as a path into the request. */
  field?: string;
}

/**
 * A file format.
 *
 * - `csv`: Text, with one line for each person.
 * - `xlsx`: An Excel workbook.
 */
export type FileFormat = "csv" | "xlsx";

/** A role held on a resource. */
export interface Grant {
  /** When the role expires; null if it does not. */
  expires_at: string | null;
  /** The resource's id. */
  id: ResourceId;
  /** The resource's display name. Null if the resource no longer exists, beyond the first 100 resources of a page, and in the response to a change that does not name the resource. */
  name: string | null;
  /** The role held on the resource. */
  role: RoleId;
  /** How the role was given; null if that is unknown. Only the member and those who manage members of the resource see it. */
  source?: RoleSource | null;
  /** The resource's type. */
  type: ResourceType;
}

/** A role to assign on a resource. */
export interface GrantInput {
  /** When the role expires. Omit it, or send null, if the role does not expire. */
  expires_at?: Instant | null;
  /** The resource's id. */
  id: ResourceId;
  /** The role to assign. */
  role: RoleId;
  /** The resource's type. */
  type: ResourceType;
}

/** An RFC 3339 timestamp. `9999-12-31T23:59:59Z` means never, and so does every time from `9999-12-30T22:00:01Z` on. */
export type Instant = string;

/** An invitation. */
export interface Invitation {
  /**
   * The reason for a cancellation that no member requested: `resource_deleted` (every offered resource was deleted) or
   * `already_member` (the invited person is a member under another address). Null otherwise.
   */
  cancel_reason: CancelReason | null;
  /** When the invitation was first sent. */
  created_at: string;
  /** How long a time-limited role lasts, from acceptance. */
  duration: string | null;
  /** The invited email address. */
  email: string;
  /** When the invitation expires, or expired. */
  expires_at: string;
  /** The invitation's id. Resending does not change it. */
  id: InvitationId;
  /** The member responsible for the invitation: the one who last sent, resent or changed it. */
  invited_by: UserId;
  /** That member's name when they did. Null if it is not known, and for callers who do not see all people, unless they are that member. */
  inviter: string | null;
  /** The language of its email; null for the deployment's. */
  language: Language | null;
  /**
   * The status of the latest email: `queued`, `sent`, `delivered`, `failed` (rejected by the mail service), `returned`
   * (returned, but another email may arrive), `bounced` (permanently returned), `complained` (the recipient marked it as
   * spam) or `declined` (not sent, because the person has declined an invitation of the organization).
   */
  mail: Delivery;
  /** What the caller can do with the invitation now. */
  may: PersonAction[];
  /** The inviter's message; null if there is none. */
  message: string | null;
  /** The resources that the role is offered on. */
  resources: NamedResource[];
  /** The role that the invitation offers. */
  role: RoleId;
  /** When the invitation was last sent. */
  sent_at: string;
  /** The status: `pending`, `accepted`, `declined`, `cancelled` or `expired`. */
  status: InvitationState;
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/** An invitation's id. */
export type InvitationId = string;

/** The outcome for one invitation. */
export type InvitationOutcome = "resent" | "cancelled" | "refused";

/** One page of a list. */
export interface InvitationPage {
  /** The rows of this page. */
  items: Invitation[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** The preview of an invitation, for anyone with its link. */
export interface InvitationPreview {
  /** How long a time-limited role lasts, from acceptance. Null if the role has no time limit, or if the invitation is not pending. */
  duration: string | null;
  /** The invited email address, masked. */
  email: string;
  /** When the invitation expires, or expired. */
  expires_at: string;
  /** The inviter's name; null if it is not known. */
  inviter: string | null;
  /** Whether the invited address is the verified address of the user whose token the request has. Null without a valid token. */
  is_for_me: boolean | null;
  /** The inviter's message. Null if there is none, or if the invitation is not pending. */
  message: string | null;
  /** The number of the other resources that a pending invitation offers the role on. */
  more_resources: number;
  /** The organization's name. */
  organization_name: string;
  /** The first 20 resources that a pending invitation offers the role on, as far as they still exist. */
  resources: PreviewedResource[];
  /** The role's display name. */
  role_name: string;
  /** The status: `pending`, `accepted`, `declined`, `cancelled` or `expired`. */
  state: InvitationState;
}

/** A pending invitation in the people list. The fields that only members have are null. */
export interface InvitationRow {
  color: null;
  /** How long a time-limited role lasts, from acceptance. */
  duration: string | null;
  /** The invited email address. */
  email: string;
  /** When the invitation expires. */
  expires_at: string;
  /** The resources that the role is offered on. */
  grants: Grant[];
  /** The invitation's id. */
  id: InvitationId;
  invite_status: "pending";
  /** The member responsible for the invitation: the one who last sent, resent or changed it. */
  invited_by: UserId;
  /** That member's name when they did. Null if it is not known, and for callers who do not see all people, unless they are that member. */
  inviter: string | null;
  /** Always false. */
  is_me: boolean;
  /** Always false. */
  is_paying_owner: boolean;
  joined_at: null;
  kind: "invitation";
  last_active_at: null;
  /** The status of the latest email. */
  mail: Delivery;
  /** What the caller can do with the invitation now. */
  may: PersonAction[];
  /** The inviter's message; null if there is none. */
  message: string | null;
  name: null;
  /** The role that the invitation offers. */
  role: RoleId;
  role_expires_at: null;
  /** When the invitation was last sent. */
  sent_at: string;
  status: null;
  subject?: null;
  timezone: null;
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/**
 * The status of an invitation.
 *
 * - `pending`: Open: it holds its address and its seat.
 * - `accepted`: The invitee became a member through it.
 * - `declined`: The invitee declined it.
 * - `cancelled`: A member canceled it, or it could no longer be accepted.
 * - `expired`: It expired.
 */
export type InvitationState = "pending" | "accepted" | "declined" | "cancelled" | "expired";

/** The result for one invitation. */
export interface InvitationVerdict {
  /** The invitation's id. */
  invitation: InvitationId;
  /** The problem that a single request would have returned. Only present if `status` is `refused`. */
  problem?: Problem;
  /** The outcome. */
  status: InvitationOutcome;
}

/** The results of a bulk action. */
export interface InvitationVerdicts {
  /** Whether nothing was changed: the results and the seats are those that the action would have. */
  dry_run: boolean;
  /** One result for each row, in the order of the request. */
  results: InvitationVerdict[];
  /** The organization's seats after the action. */
  seats: Seats;
}

/**
 * Whether a person has joined or is invited.
 *
 * - `accepted`: A member.
 * - `pending`: A pending invitation.
 */
export type InviteStatus = "accepted" | "pending";

/** A background job. */
export interface Job {
  /** The job's id. */
  job: JobId;
  /** Always `accepted`. */
  status: "accepted";
}

/** A job's id. */
export type JobId = string;

/** An API key's id. */
export type KeyId = string;

/**
 * A language of emails.
 *
 * - `en`: English.
 * - `de`: German.
 * - `fr`: French.
 * - `es`: Spanish.
 * - `ar`: Arabic.
 */
export type Language = "en" | "de" | "fr" | "es" | "ar";

/** The https URL of a picture, of up to 500 characters, without a port. */
export type LogoUrl = string;

/** A member. */
export interface Member {
  /** The email address that the member joined with. */
  email: string;
  /** The member's roles on resources. */
  grants: Grant[];
  /** The user's id. */
  id: UserId;
  /** Whether the member is the caller, or the owner of the caller's API key. */
  is_me: boolean;
  /** Whether the member is the billing owner. */
  is_paying_owner: boolean;
  /** When the member joined. */
  joined_at: string;
  /** When the member was last active, to the hour; null if they never were. */
  last_active_at: string | null;
  /** What the caller can do with the member now. */
  may: PersonAction[];
  /** The member's name; null if it is not known. */
  name: string | null;
  /** The role on the organization; null if the member only holds roles on resources. */
  organization_role: RoleId | null;
  /** The member's profile. */
  profile: Profile;
  /** The role on the organization, or else the highest role on a resource that the caller can see; null if there is none. */
  role: RoleId | null;
  /** When the role on the organization expires; null if it does not. */
  role_expires_at: string | null;
  /**
   * How the role on the organization was given; null if there is none, or if that is unknown. Only the member and those who manage
   * members of the organization see it.
   */
  role_source?: RoleSource | null;
  /** The status: `active` or `inactive`. */
  status: Status;
  /** The `sub` of the member's tokens; null if it is not known yet. Only the platform and callers with `members:manage` on the whole organization see it. */
  subject?: string | null;
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/** The outcome for one member. */
export type MemberOutcome = "activated" | "deactivated" | "changed" | "removed" | "refused";

/** A member in the people list. */
export interface MemberRow {
  /** The member's color. */
  color: string | null;
  /** The email address that the member joined with. */
  email: string;
  /** The member's roles on resources. */
  grants: Grant[];
  /** The user's id. */
  id: UserId;
  invite_status: "accepted";
  /** Whether the member is the caller, or the owner of the caller's API key. */
  is_me: boolean;
  /** Whether the member is the billing owner. */
  is_paying_owner: boolean;
  /** When the member joined. */
  joined_at: string;
  kind: "member";
  /** When the member was last active, to the hour; null if they never were. */
  last_active_at: string | null;
  /** What the caller can do with the member now. */
  may: PersonAction[];
  /** The member's name; null if it is not known. */
  name: string | null;
  /** The role on the organization, or else the highest role on a resource that the caller can see; null if there is none. */
  role: RoleId | null;
  /** When the role on the organization expires; null if it does not. */
  role_expires_at: string | null;
  /**
   * How the role on the organization was given; null if there is none, or if that is unknown. Only the member and those who manage
   * members of the organization see it.
   */
  role_source?: RoleSource | null;
  /** The status: `active` or `inactive`. */
  status: Status;
  /** The `sub` of the member's tokens; null if it is not known yet. Only the platform and callers with `members:manage` on the whole organization see it. */
  subject?: string | null;
  /** The member's time zone. */
  timezone: string | null;
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/** The result for one member. */
export interface MemberVerdict {
  /** The member's id. */
  member: UserId;
  /** The problem that a single request would have returned. Only present if `status` is `refused`. */
  problem?: Problem;
  /** The outcome. */
  status: MemberOutcome;
  /** The member's subject. Only present if the request named the member by subject. */
  subject?: string;
}

/** The results of a bulk action. */
export interface MemberVerdicts {
  /** Whether nothing was changed: the results and the seats are those that the action would have. */
  dry_run: boolean;
  /** One result for each row, in the order of the request. */
  results: MemberVerdict[];
  /** The organization's seats after the action. */
  seats: Seats;
}

/** A text of one or more lines, 1 to 2,000 characters. Surrounding white space is removed, but counts toward the length. Invisible characters beyond U+FFFF are refused as well. */
export type Message = string;

/** The permission and the roles that a denied request lacks. */
export interface MissingPermission {
  /** The conditions under which a role would permit the request with other properties. */
  conditions?: RoleCondition[];
  /** The resource on which the resource-level roles among them must be held; null if only roles on the whole organization would help. */
  on: ResourceName | null;
  /** The missing permission. */
  permission: string;
  /** The roles that have it, highest first. */
  roles: RoleId[];
}

/** An organization that the caller is a member of. */
export interface MyOrganization {
  /** The organization's id. */
  id: OrganizationId;
  /** When the caller joined. */
  joined_at: string;
  /** The organization's name. */
  name: string;
  /** The caller's role on the organization, or else their highest role on a resource; null if they hold none. */
  role: RoleId | null;
  /** The display name of this role; null if there is none. */
  role_name: string | null;
  /** The organization's role set. */
  role_set: string;
  /** The status of the caller's membership: `active` or `inactive`. */
  status: Status;
  /** Whether the organization is suspended. */
  suspended: boolean;
}

/** One page of a list. */
export interface MyOrganizationPage {
  /** The rows of this page. */
  items: MyOrganization[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** A display name: one line of 1 to 120 characters. Surrounding white space is removed, but counts toward the length. Invisible characters beyond U+FFFF are refused as well. */
export type Name = string;

/** The billing owner to set. */
export interface NamePayingOwnerRequest {
  /** The member who becomes the billing owner. They must be an active owner. */
  member: UserName;
}

/** A resource with its name. */
export interface NamedResource {
  /** The resource's id. */
  id: ResourceId;
  /** The resource's display name. Null if the resource no longer exists, beyond the first 100 resources of a page, and in the response to a change that does not name the resource. */
  name: string | null;
  /** The resource's type. */
  type: ResourceType;
}

/** The seats in use, the seat limit, and the seats that the request needs. */
export interface NeededSeats {
  /** The plan's seat limit; null for no limit. */
  limit: number | null;
  /** The number of additional seats the request needs. */
  needed: number;
  /** Seats in use, including those of pending invitations. */
  used: number;
}

/** An API key and its secret. */
export type NewApiKey = ApiKey & {
  /**
   * The secret. Only the first response contains it: no other response shows it again, not even a repeat with the same
   * `Idempotency-Key`.
   */
  secret?: string;
};

/** The sort order of people. A leading `-` reverses it. */
export type Order = "name" | "-name" | "joined" | "-joined" | "last_active" | "-last_active";

/** An organization. */
export interface Organization {
  /** When the organization was created. */
  created_at: string;
  /** When the organization was deleted; null if it was not. Only the platform can see a deleted organization. */
  deleted_at: string | null;
  /** The organization's id. */
  id: OrganizationId;
  /** The organization's name. */
  name: string;
  /** The billing owner; null until one is set. */
  paying_owner: UserId | null;
  /** The plan, which the platform sets. */
  plan: Plan;
  /** The organization's role set. */
  role_set: string;
  /** The organization's seats. */
  seats: Seats;
  /** The organization's settings. Its members can change them. */
  settings: OrganizationSettings;
  /** The suspension of the organization; null if there is none. Only the platform and active owners can see it. */
  suspension: Suspension | null;
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/**
 * Something that the caller can do in the organization. New actions may be added.
 *
 * - `read_members`: List the members and invitations, at least those on some resources.
 * - `invite_members`: Invite people to some role.
 * - `export_members`: Download the list of people.
 * - `read_contacts`: Look up contacts.
 * - `manage_contacts`: Register, change and delete contacts.
 * - `read_resources`: List resources, at least some.
 * - `manage_resources`: Register, rename and delete resources.
 * - `read_events`: Read the record of changes.
 * - `update_organization`: Change name and settings.
 * - `name_paying_owner`: Name the billing owner.
 * - `transfer_ownership`: Transfer ownership to another member.
 * - `delete_organization`: Delete the organization.
 * - `create_api_key`: Create an API key of one's own.
 * - `leave`: End one's own membership.
 */
export type OrganizationAction = "read_members" | "invite_members" | "export_members" | "read_contacts" | "manage_contacts" | "read_resources" | "manage_resources" | "read_events" | "update_organization" | "name_paying_owner" | "transfer_ownership" | "delete_organization" | "create_api_key" | "leave";

/** An organization's id. */
export type OrganizationId = string;

/** The settings of an organization. */
export interface OrganizationSettings {
  /** The color of buttons in emails; null for the product's. */
  accent_color: string | null;
  /** The default message of invitations. It is used if the inviter writes none. */
  default_message: string | null;
  /** The number of days within which an invitation can be accepted. */
  invitation_ttl_days: number;
  /** The URL of the organization's logo in emails; null for the product's. */
  logo_url: string | null;
  /** The optional roles that are turned on. */
  optional_roles: RoleId[];
}

/** Changes to settings. Omitted fields are unchanged. */
export interface OrganizationSettingsUpdate {
  /** The color of buttons in emails. Requires a plan with `branding`. Null removes it. */
  accent_color?: Color | null;
  /** The default message of invitations. It is used if the inviter writes none. Null removes it. */
  default_message?: Message | null;
  /** The number of days within which an invitation can be accepted, 1 to 30. */
  invitation_ttl_days?: number;
  /** The https URL of the organization's logo in emails, up to 500 characters. Requires a plan with `branding`. Null removes it. */
  logo_url?: LogoUrl | null;
  /** The optional roles to turn on. An optional role that is not in the list is turned off, for everyone who holds it. */
  optional_roles?: RoleId[];
}

/** What a page about an organization needs before it shows anything. */
export interface OrganizationView {
  /** What the caller can do in the organization now. */
  may: OrganizationAction[];
  /** The caller's own membership. Null for the platform, and for an API key that cannot see it. */
  me: Member | null;
  /** The organization. */
  organization: Organization;
  /** The organization's role set. */
  role_set: RoleSet;
  /** The roles, from the highest to the lowest, each with where the caller can invite to it and assign it. */
  roles: Role[];
}

/** The address of a web page: `https`, a host name, and at most 2,048 characters. */
export type PageUrl = string;

/** The number of people in an organization. */
export interface PeopleCounts {
  /** The number of active members. */
  active: number;
  /** The number of inactive members. */
  inactive: number;
  /** The number of pending invitations. */
  pending: number;
  /** For each role, the number of members who hold it anywhere and of pending invitations that offer it. */
  roles: { [key: string]: number };
}

/** A page of the people list, with the seat counter. */
export interface PeoplePage {
  /**
   * The number of people in the organization, regardless of the filters. It can be a few seconds old. Null for callers who
   * cannot see everyone.
   */
  counts: PeopleCounts | null;
  /**
   * Members in the requested order, then pending invitations in the order in which they were first sent. With `q` and without `sort`,
   * both together, in the order of their matching words.
   */
  items: PersonRow[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Whether the page has fewer rows than `limit` although there are more. Continue with `next_cursor`. */
  partial: boolean;
  /** The organization's seats. */
  seats: Seats;
}

/** When a person joined: a period up to now, a year, or a range of days, inclusive, in UTC. The pattern accepts more than the API does. */
export type Period = string;

/** A condition under which a role has a permission in access decisions. */
export interface PermissionCondition {
  /** The permission. */
  permission: string;
  /** The required value of each property: `{"is": value}`, or `{"is_not": value}`, which also holds if the property is omitted. */
  when: Record<string, unknown>;
}

/**
 * Something that the caller can do with a person. New actions may be added.
 *
 * - `change_role`: Give a member another role, or another term of the same, in place of all that they hold.
 * - `change_grants`: Give a member a role on a resource, change it or take it away.
 * - `activate`: Activate an inactive member.
 * - `deactivate`: Deactivate an active member.
 * - `remove`: End the membership of another member.
 * - `leave`: End one's own membership.
 * - `edit_profile`: Change a member's name and profile.
 * - `read_api_keys`: List a member's API keys; members may revoke those that they may list.
 * - `create_api_key`: Create an API key of a member.
 * - `edit`: Change what an invitation offers, or its message.
 * - `resend`: Send an invitation again.
 * - `cancel`: Cancel an invitation.
 */
export type PersonAction = "change_role" | "change_grants" | "activate" | "deactivate" | "remove" | "leave" | "edit_profile" | "read_api_keys" | "create_api_key" | "edit" | "resend" | "cancel";

/** A row of the people list: a member or a pending invitation. Its `kind` says which. */
export type PersonRow = MemberRow | InvitationRow;

/** The plan of an organization. */
export interface Plan {
  /** The allowed domains. Holders of allowlisted roles must have an address in one of them. */
  allowed_domains: string[];
  /** Whether the organization can have its own logo and accent color in emails. */
  branding: boolean;
  /** The number of emails that members can send per day; null for the default limit of 1,000. */
  mail_limit: number | null;
  /** The seat limit; null for no limit. */
  seat_limit: number | null;
  /** The page on which the plan can be changed; null if the platform has set none. */
  upgrade_url: string | null;
}

/** A resource in the preview of an invitation. */
export interface PreviewedResource {
  /** The resource's display name. */
  name: string;
}

/** A problem, RFC 9457. */
export interface Problem {
  /** Details of this occurrence. */
  detail?: string;
  /** Every invalid field and address. */
  errors?: Fault[];
  /** The request's id. Quote it when you ask for help. */
  request_id?: string;
  /** Seat usage. Only present for `no-seats-available`. */
  seats?: NeededSeats;
  /** The HTTP status. */
  status: number;
  /** A short summary of the problem type. */
  title: string;
  /** A URI that identifies the problem type. It does not change. */
  type: "https://muster.example/problems/malformed-json" | "https://muster.example/problems/invalid-query" | "https://muster.example/problems/malformed-if-match" | "https://muster.example/problems/malformed-if-none-match" | "https://muster.example/problems/malformed-idempotency-key" | "https://muster.example/problems/unauthorized" | "https://muster.example/problems/forbidden" | "https://muster.example/problems/sign-in-needed" | "https://muster.example/problems/read-only-key" | "https://muster.example/problems/member-inactive" | "https://muster.example/problems/organization-suspended" | "https://muster.example/problems/role-not-assignable" | "https://muster.example/problems/email-not-verified" | "https://muster.example/problems/email-mismatch" | "https://muster.example/problems/not-found" | "https://muster.example/problems/method-not-allowed" | "https://muster.example/problems/no-seats-available" | "https://muster.example/problems/last-owner" | "https://muster.example/problems/paying-owner" | "https://muster.example/problems/not-an-owner" | "https://muster.example/problems/receiver-inactive" | "https://muster.example/problems/own-membership" | "https://muster.example/problems/organization-not-deleted" | "https://muster.example/problems/organization-erased" | "https://muster.example/problems/address-taken" | "https://muster.example/problems/already-member" | "https://muster.example/problems/inviter-lost-authority" | "https://muster.example/problems/role-not-enabled" | "https://muster.example/problems/domain-not-allowed" | "https://muster.example/problems/resource-gone" | "https://muster.example/problems/export-too-large" | "https://muster.example/problems/too-many-deletions" | "https://muster.example/problems/too-many-api-keys" | "https://muster.example/problems/api-key-expired" | "https://muster.example/problems/member-without-access" | "https://muster.example/problems/contact-address-taken" | "https://muster.example/problems/mail-not-wanted" | "https://muster.example/problems/conflict" | "https://muster.example/problems/invitation-expired" | "https://muster.example/problems/invitation-cancelled" | "https://muster.example/problems/invitation-declined" | "https://muster.example/problems/invitation-already-accepted" | "https://muster.example/problems/invitation-link-replaced" | "https://muster.example/problems/precondition-failed" | "https://muster.example/problems/body-too-large" | "https://muster.example/problems/unsupported-media-type" | "https://muster.example/problems/invalid-request" | "https://muster.example/problems/invalid-invitations" | "https://muster.example/problems/idempotency-key-reused" | "https://muster.example/problems/invitation-resent-too-often" | "https://muster.example/problems/mail-limit-reached" | "https://muster.example/problems/internal" | "https://muster.example/problems/unavailable" | "https://muster.example/problems/throttled";
}

/** A member's profile. */
export interface Profile {
  /** A short text about the member. */
  bio: string | null;
  /** The member's color. */
  color: string | null;
  /** The language of emails to the member; null for the deployment's. */
  language: Language | null;
  /** The member's notification settings. Only the member and those who manage the member see them. */
  notifications?: { [key: string]: boolean };
  /** The member's skills. */
  skills: string[];
  /** The member's time zone. */
  timezone: string | null;
}

/** A contact to register or update. If `name`, `subject` or `user` is omitted, it is unchanged; null removes it. */
export type PutContactRequest = {
  /** The contact's email address. An address belongs to at most one contact of an organization. */
  email: EmailAddress;
  /** The contact's name, 1 to 120 characters. */
  name?: Name | null;
  /** The `sub` of the person's tokens, which gives the contact an account; null for no account. The caller who sets it vouches for it. */
  subject?: Subject | null;
  user?: never;
} | {
  /** The contact's email address. An address belongs to at most one contact of an organization. */
  email: EmailAddress;
  /** The contact's name, 1 to 120 characters. */
  name?: Name | null;
  subject?: never;
  /** The account, by id or by subject, instead of `subject`. The two cannot be combined. */
  user?: UserName | null;
};

/** The role to assign on the resource in the path. */
export interface PutGrantRequest {
  /** When the role expires. Omit it, or send null, if the role does not expire. */
  expires_at?: Instant | null;
  /** The role. It replaces the role that the member holds on the resource. */
  role: RoleId;
}

/** A resource to register or rename. */
export interface PutResourceRequest {
  /** The resource's name, 1 to 120 characters. */
  name: Name;
}

/** The requested page of results. */
export interface RequestedPage {
  /**
   * The maximum number of results: 1 to 100, 50 by default. A page never has more than 100. With a `token`, it must be the
   * `limit` of the first page, or omitted.
   */
  limit?: number | null;
  /** Ignored, but must be the same for all pages. */
  properties?: Record<string, unknown> | null;
  /** The `next_token` of the previous page. */
  token?: string | null;
}

/** A resource. */
export interface Resource {
  /** When the resource was registered. */
  created_at: string;
  /** The resource's id, which the product chooses. */
  id: ResourceId;
  /** The resource's name. */
  name: string;
  /** The resource type. */
  type: ResourceType;
  /** The version, for `If-Match`, in quotation marks. */
  version: string;
}

/** A resource's id, which the product chooses. */
export type ResourceId = string;

/** A resource by type and id. */
export interface ResourceName {
  /** The resource's id, which the product chooses. */
  id: ResourceId;
  /** The resource type, which the role set defines. */
  type: ResourceType;
}

/** The display words for one resource and for several. */
export interface ResourceNames {
  /** The word for one resource. */
  one: string;
  /** The word for several resources. */
  other: string;
}

/** One page of a list. */
export interface ResourcePage {
  /** The rows of this page. */
  items: Resource[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** A resource, or a part of one. */
export interface ResourcePart {
  /** The resource's id, which the product chooses. */
  id?: string | null;
  /** Properties of the resource. A role's conditions can compare them. `organization` is the organization's id. */
  properties?: Record<string, unknown> | null;
  /** The resource type, from the role set. */
  type?: string | null;
}

/** A resource that the subject may perform the action on. */
export interface ResourceResult {
  /** The resource's id, which the product chooses. */
  id: ResourceId;
  /** The resource type. */
  type: ResourceType;
}

/** A page of search results. */
export interface ResourceResultPage {
  /** The reason why there are no results. Only present if there was nothing to search. */
  context?: SearchContext;
  /** Information about the page. */
  page: SearchPage;
  /** The results of this page. */
  results: ResourceResult[];
}

/** A search for resources that the subject may perform the action on. */
export interface ResourceSearchRequest {
  /** The action. */
  action: AccessAction;
  /** `organization` is the organization's id. Subject and resource can have it too. */
  context?: Record<string, unknown> | null;
  /** The requested page. */
  page?: RequestedPage | null;
  /** The type of resource. */
  resource: SearchedType;
  /** The subject. */
  subject: AccessSubject;
}

/** A resource, as `type:id`. */
export type ResourceText = string;

/** A resource type that the role set defines. */
export type ResourceType = string;

/** A role, and whether the caller can assign it. */
export interface Role {
  /** Whether the holder's address must be in an allowed domain. */
  allowlisted: boolean;
  /** Where the caller can assign the role to members. */
  assign: Scope;
  /** Whether the caller can assign the role, on the organization or on at least one resource. */
  assignable: boolean;
  /** The conditions under which some of the permissions hold in access decisions; all others hold without one. */
  conditions: PermissionCondition[];
  /** What the role is for. */
  description: string;
  /** The durations to choose from. An empty list means that the role has no time limit. */
  durations: string[];
  /** Whether the role is turned on now. */
  enabled: boolean;
  /** The role's id. */
  id: RoleId;
  /** Where the caller can invite people to the role. */
  invite: Scope;
  /** The role's display name. */
  name: string;
  /** Whether the role is off until the organization turns it on. */
  optional: boolean;
  /** The permissions of the role. */
  permissions: string[];
  /** Whether the organization must always have an active holder of the role. */
  protected: boolean;
  /** Where the role's permissions apply: `organization` or `resource`. */
  reach: RoleReach;
  /** How resources apply to the role: `none`, `optional` or `at_least_one`. */
  resources: RoleResources;
  /** Where the caller can assign the role to themselves, and remove it again, without the permission `members:manage`. */
  self_assign: Scope;
  /** Whether the caller can assign the role to themselves on resources, and remove it again. */
  self_assignable: boolean;
  /** Whether the role has exactly one holder, and can only be transferred, not assigned. */
  transfer_only: boolean;
  /** Whether a holder of the role uses a seat. */
  uses_seat: boolean;
}

/** A condition under which a role has a permission. */
export interface RoleCondition {
  /** The role. */
  role: RoleId;
  /** The required value of each property: `{"is": value}`, or `{"is_not": value}`, which also holds if the property is omitted. */
  when: Record<string, unknown>;
}

/** The id of a role in the role set. */
export type RoleId = string;

/** One page of a list. */
export interface RolePage {
  /** The rows of this page. */
  items: Role[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/**
 * Where a role's permissions apply.
 *
 * - `organization`: Everywhere in the organization.
 * - `resource`: Only on resources on which the role is held.
 */
export type RoleReach = "organization" | "resource";

/**
 * How resources apply to a role.
 *
 * - `none`: Never: the role is held on the organization.
 * - `optional`: The role is held on the organization, and on any number of resources.
 * - `at_least_one`: The role is held on resources only, one or more.
 */
export type RoleResources = "none" | "optional" | "at_least_one";

/** A role set. */
export interface RoleSet {
  /** The role set's id. */
  id: string;
  /** Whether members can end their own membership. */
  members_may_leave: boolean;
  /** The role set's display name. */
  name: string;
  /** The display words for these resources. Null if no role is held on resources. */
  resource_names: ResourceNames | null;
  /** The type of the organization's resources. */
  resource_type: ResourceType;
}

/** How a role was given, by whom, and when. */
export interface RoleSource {
  /** The API key through which the role was given; null if none was used. Visible to the same callers as `by`. */
  api_key?: KeyId | null;
  /** When the role was given. */
  at: string;
  /** The member who gave the role; null if no member did. Members who see only their own roles do not see it. */
  by?: UserId | null;
  /** The invitation that the member accepted; null for other kinds. */
  invitation: InvitationId | null;
  /** How the role was given: `founder`, `invitation`, `added`, `assigned`, `self_assigned` or `transferred`. New kinds may be added. */
  kind: SourceType;
}

/** Options for rotating an API key. The body is optional. */
export interface RotateApiKeyRequest {
  /** The number of hours for which the old secret keeps working, 0 to 168. */
  overlap_hours?: number;
}

/** Where the caller can do something with a role. */
export interface Scope {
  /** Whether the caller can do it everywhere: on the organization, and on each of its resources. */
  organization: boolean;
  /** The resources on which the caller can do it, if not everywhere. If this list is empty too, the caller cannot do it. */
  resources: NamedResource[];
}

/** The reason why nothing was found. */
export interface SearchContext {
  /** A stable code for the reason. */
  reason: string;
}

/** Information about a page of results. */
export interface SearchPage {
  /** The number of results on this page. */
  count: number;
  /** The token of the next page; empty on the last page. A page can be short, or even empty, while more pages follow. */
  next_token: string;
}

/** The type of entity to search for. An `id` is ignored. */
export interface SearchedType {
  /** Properties of the entity. `organization` is the organization's id. */
  properties?: Record<string, unknown> | null;
  /** The entity's type. */
  type: string;
}

/** The organization's seats. */
export interface Seats {
  /** Whether all seats are in use. */
  at_limit: boolean;
  /** The plan's seat limit; null for no limit. */
  limit: number | null;
  /** Seats in use, including those of pending invitations. */
  used: number;
}

/** The requests of a batch to evaluate. */
export type Semantic = "execute_all" | "deny_on_first_deny" | "permit_on_first_permit";

/** Changes to a plan. Omitted fields are unchanged. */
export interface SetPlanRequest {
  /** Up to 100 domains. Holders of allowlisted roles must have an address in one of them. */
  allowed_domains?: Domain[];
  /** Whether the organization can have its own logo and accent color in emails. */
  branding?: boolean;
  /** The number of emails that members can send per day: invitations, and notices to people who were added. Null for the default limit of 1,000. */
  mail_limit?: number | null;
  /** The seat limit; null for no limit. */
  seat_limit?: number | null;
  /** The page on which the plan can be changed. Members see it. Null removes it. */
  upgrade_url?: PageUrl | null;
}

/** A skill: one line of 1 to 60 characters. Surrounding white space is removed, but counts toward the length. Invisible characters beyond U+FFFF are refused as well. */
export type Skill = string;

/**
 * How a role was given. New kinds may be added.
 *
 * - `founder`: The member created the organization.
 * - `invitation`: The member accepted an invitation.
 * - `added`: The member was added directly, without an invitation.
 * - `assigned`: Another member gave or changed the role.
 * - `self_assigned`: The member took the role, or changed it, for themselves.
 * - `transferred`: Ownership was transferred: the receiver got it, and the giver got another role.
 */
export type SourceType = "founder" | "invitation" | "added" | "assigned" | "self_assigned" | "transferred";

/**
 * A member's status: whether they have access.
 *
 * - `active`: The member's roles hold.
 * - `inactive`: The member keeps everything except access and seat.
 */
export type Status = "active" | "inactive";

/** The `sub` of a person's tokens, which identifies them at the identity provider. */
export type Subject = string;

/** A subject, or a part of one. */
export interface SubjectPart {
  /** The subject's id: `usr_…`, the identity provider's subject, or `key_…`. */
  id?: string | null;
  /** Properties of the subject. `organization` is the organization's id. */
  properties?: Record<string, unknown> | null;
  /** `user` or `api_key`. Subjects of other types are always denied. */
  type?: string | null;
}

/** Properties of a user in the results. */
export interface SubjectProperties {
  /** The user's id in Muster. */
  user: UserId;
}

/** A subject that may perform the action. */
export interface SubjectResult {
  /** The subject's id. For a user: the `sub` if it is known and the caller may see it; otherwise `usr_…`. */
  id: string;
  /** The user's id in Muster. Only present if `id` is the identity provider's subject. */
  properties?: SubjectProperties;
  /** `user` or `api_key`. */
  type: string;
}

/** A page of search results. */
export interface SubjectResultPage {
  /** The reason why there are no results. Only present if there was nothing to search. */
  context?: SearchContext;
  /** Information about the page. */
  page: SearchPage;
  /** The results of this page. */
  results: SubjectResult[];
}

/** A search for subjects that may perform the action on the resource. */
export interface SubjectSearchRequest {
  /** The action. */
  action: AccessAction;
  /** `organization` is the organization's id. Subject and resource can have it too. */
  context?: Record<string, unknown> | null;
  /** The requested page. */
  page?: RequestedPage | null;
  /** The resource. */
  resource: AccessResource;
  /** The type of subject: `user` or `api_key`. */
  subject: SearchedType;
}

/** A suspension to set. It replaces the current one. */
export interface SuspendOrganizationRequest {
  /** When the suspension takes effect. Null or a past time means now. The time must not mean never. */
  at?: Instant | null;
  /** The reason. The organization's owners see it here and in the email they receive; other members do not. */
  reason: Message;
}

/** A current or scheduled suspension. */
export interface Suspension {
  /** When the suspension takes effect, or took effect. */
  at: string;
  /** Whether the suspension is in effect. */
  in_effect: boolean;
  /** The reason. */
  reason: string;
}

/** A duration: `forever`, or a number of months. */
export type Term = string;

/** An IANA time zone name. The pattern accepts more than the API does. */
export type TimeZone = string;

/** The new owner, and the role that the caller gets. */
export interface TransferOwnershipRequest {
  /** How long a time-limited role lasts, from now. */
  duration?: Term | null;
  /** The resources that this role applies to, if it requires any. */
  resources?: ResourceName[] | null;
  /** The role that the caller gets in place of ownership. */
  then: RoleId;
  /** The member who becomes the owner. */
  to: UserName;
}

/** The result of transferring ownership. */
export interface TransferredOwnership {
  /** The previous owner, with their new role. */
  giver: Member | null;
  /** The new owner. */
  owner: Member;
}

/** Changes to a pending invitation. Omitted fields are unchanged. The address cannot be changed. */
export interface UpdateInvitationRequest {
  /** How long a time-limited role lasts, from acceptance. */
  duration?: Term | null;
  /** The language of later emails with the invitation. Null removes it. */
  language?: Language | null;
  /** A message from the inviter. Null removes it. */
  message?: Message | null;
  /** The resources that the role is offered on. */
  resources?: ResourceName[];
  /** The role that the invitation offers. */
  role?: RoleId;
}

/**
 * Changes to a member. Omitted fields are unchanged. `role` with `resources` and `duration`, or with `grants` for different
 * roles, replaces all roles that the member holds.
 */
export interface UpdateMemberRequest {
  /** A short text about the member. Null removes it. */
  bio?: Message | null;
  /** The member's color. Null removes it. */
  color?: Color | null;
  /** How long a time-limited role lasts, from now. */
  duration?: Term | null;
  /** Roles on resources, up to 64. */
  grants?: GrantInput[];
  /** The language of emails to the member. Null removes it. */
  language?: Language | null;
  /** The member's name. */
  name?: Name;
  /** Up to 50 notifications to turn on or off. The others are unchanged. */
  notifications?: { [key: string]: boolean };
  /** The resources that the role applies to. */
  resources?: ResourceName[];
  /** The role. With `grants`, it is the role on the organization, or null for none. */
  role?: RoleId | null;
  /** The member's skills, up to 50. */
  skills?: Skill[];
  /** `active` or `inactive`. Members cannot change their own status. */
  status?: Status;
  /** The member's time zone. Null removes it. */
  timezone?: TimeZone | null;
}

/** Changes to an organization's name and settings. Omitted fields are unchanged. */
export interface UpdateOrganizationRequest {
  /** The new name. */
  name?: Name;
  /** The settings to change. */
  settings?: OrganizationSettingsUpdate;
}

/** A user's id. */
export type UserId = string;

/** A user: by id, or by `sub:` and the `sub` of the user's tokens. */
export type UserName = string;

/** The result of verifying an API key. An invalid key has only `valid` and `code`. */
export interface VerifiedApiKey {
  /** Whether the key has the requested permission; null if the request has no `action`. */
  allowed?: boolean | null;
  /**
   * `valid` or `not_allowed` for a valid key. `malformed`, `not_found`, `revoked`, `expired`, `owner_gone`,
   * `owner_inactive`, `maker_lost_authority`, `organization_deleted` or `organization_suspended` for an invalid one.
   */
  code: "valid" | "not_allowed" | "malformed" | "not_found" | "revoked" | "expired" | "owner_gone" | "owner_inactive" | "maker_lost_authority" | "organization_deleted" | "organization_suspended";
  /** The key's id. */
  key?: KeyId;
  /** The member that the key acts as. */
  member?: UserId;
  /** The key's display name. */
  name?: string;
  /** The organization that the key belongs to. */
  organization?: OrganizationId;
  /** Whether the key can only read. */
  read_only?: boolean;
  /** The member's `sub` at the identity provider; null if it is not known yet. Only the platform receives it. */
  subject?: string | null;
  /** Whether the key is valid now. */
  valid: boolean;
}

/** An API key to verify. */
export interface VerifyApiKeyRequest {
  /** The permission to check, from the role set. */
  action?: string | null;
  /** The key's secret. */
  key: string;
  /** The resource to check the permission on. Without it, the permission is checked on the whole organization. */
  resource?: ResourceName | null;
}

/** A pending invitation for the caller. */
export interface WaitingInvitation {
  /** How long a time-limited role lasts, from acceptance. */
  duration: string | null;
  /** When the invitation expires. */
  expires_at: string;
  /** The invitation's id. */
  id: InvitationId;
  /** The inviter's name; null if it is not known. */
  inviter: string | null;
  /** The inviter's message; null if there is none. */
  message: string | null;
  /** The organization's id. */
  organization: OrganizationId;
  /** The organization's name. */
  organization_name: string;
  /** The resources that the role is offered on. */
  resources: NamedResource[];
  /** The role that the invitation offers. */
  role: RoleId;
  /** The role's display name. */
  role_name: string;
  /** The token that accepts or declines the invitation. */
  token: string;
}

/** One page of a list. */
export interface WaitingInvitationPage {
  /** The rows of this page. */
  items: WaitingInvitation[];
  /** The cursor of the next page; null on the last page. */
  next_cursor: string | null;
}

/** The types of all bodies, by their names in the OpenAPI document. */
export interface Schemas {
  AcceptedInvitation: AcceptedInvitation;
  AccessAction: AccessAction;
  AccessConfiguration: AccessConfiguration;
  AccessResource: AccessResource;
  AccessSubject: AccessSubject;
  ActionPart: ActionPart;
  ActionResult: ActionResult;
  ActionResultPage: ActionResultPage;
  ActionSearchRequest: ActionSearchRequest;
  AddMemberRequest: AddMemberRequest;
  AddedMember: AddedMember;
  ApiKey: ApiKey;
  ApiKeyPage: ApiKeyPage;
  AvailableRoleSet: AvailableRoleSet;
  AvailableRoleSetPage: AvailableRoleSetPage;
  BatchEvaluation: BatchEvaluation;
  BulkInvitationsRequest: BulkInvitationsRequest;
  BulkMembersRequest: BulkMembersRequest;
  CancelReason: CancelReason;
  ChangeRolesRequest: ChangeRolesRequest;
  Color: Color;
  Contact: Contact;
  ContactId: ContactId;
  ContactPage: ContactPage;
  CreateApiKeyRequest: CreateApiKeyRequest;
  CreateExportRequest: CreateExportRequest;
  CreateInvitationsRequest: CreateInvitationsRequest;
  CreateOrganizationRequest: CreateOrganizationRequest;
  CreatedInvitations: CreatedInvitations;
  Decision: Decision;
  DecisionReason: DecisionReason;
  Decisions: Decisions;
  Delivery: Delivery;
  DescribedRole: DescribedRole;
  Domain: Domain;
  DryRun: DryRun;
  DryRunOutcome: DryRunOutcome;
  DryRunVerdict: DryRunVerdict;
  EmailAddress: EmailAddress;
  EntityKind: EntityKind;
  EvaluationOptions: EvaluationOptions;
  EvaluationRequest: EvaluationRequest;
  EvaluationsRequest: EvaluationsRequest;
  Event: Event;
  EventEntity: EventEntity;
  EventId: EventId;
  EventKind: EventKind;
  EventPage: EventPage;
  Export: Export;
  ExportId: ExportId;
  ExportSelection: ExportSelection;
  ExportState: ExportState;
  Fault: Fault;
  FileFormat: FileFormat;
  Grant: Grant;
  GrantInput: GrantInput;
  Instant: Instant;
  Invitation: Invitation;
  InvitationId: InvitationId;
  InvitationOutcome: InvitationOutcome;
  InvitationPage: InvitationPage;
  InvitationPreview: InvitationPreview;
  InvitationRow: InvitationRow;
  InvitationState: InvitationState;
  InvitationVerdict: InvitationVerdict;
  InvitationVerdicts: InvitationVerdicts;
  InviteStatus: InviteStatus;
  Job: Job;
  JobId: JobId;
  KeyId: KeyId;
  Language: Language;
  LogoUrl: LogoUrl;
  Member: Member;
  MemberOutcome: MemberOutcome;
  MemberRow: MemberRow;
  MemberVerdict: MemberVerdict;
  MemberVerdicts: MemberVerdicts;
  Message: Message;
  MissingPermission: MissingPermission;
  MyOrganization: MyOrganization;
  MyOrganizationPage: MyOrganizationPage;
  Name: Name;
  NamePayingOwnerRequest: NamePayingOwnerRequest;
  NamedResource: NamedResource;
  NeededSeats: NeededSeats;
  NewApiKey: NewApiKey;
  Order: Order;
  Organization: Organization;
  OrganizationAction: OrganizationAction;
  OrganizationId: OrganizationId;
  OrganizationSettings: OrganizationSettings;
  OrganizationSettingsUpdate: OrganizationSettingsUpdate;
  OrganizationView: OrganizationView;
  PageUrl: PageUrl;
  PeopleCounts: PeopleCounts;
  PeoplePage: PeoplePage;
  Period: Period;
  PermissionCondition: PermissionCondition;
  PersonAction: PersonAction;
  PersonRow: PersonRow;
  Plan: Plan;
  PreviewedResource: PreviewedResource;
  Problem: Problem;
  Profile: Profile;
  PutContactRequest: PutContactRequest;
  PutGrantRequest: PutGrantRequest;
  PutResourceRequest: PutResourceRequest;
  RequestedPage: RequestedPage;
  Resource: Resource;
  ResourceId: ResourceId;
  ResourceName: ResourceName;
  ResourceNames: ResourceNames;
  ResourcePage: ResourcePage;
  ResourcePart: ResourcePart;
  ResourceResult: ResourceResult;
  ResourceResultPage: ResourceResultPage;
  ResourceSearchRequest: ResourceSearchRequest;
  ResourceText: ResourceText;
  ResourceType: ResourceType;
  Role: Role;
  RoleCondition: RoleCondition;
  RoleId: RoleId;
  RolePage: RolePage;
  RoleReach: RoleReach;
  RoleResources: RoleResources;
  RoleSet: RoleSet;
  RoleSource: RoleSource;
  RotateApiKeyRequest: RotateApiKeyRequest;
  Scope: Scope;
  SearchContext: SearchContext;
  SearchPage: SearchPage;
  SearchedType: SearchedType;
  Seats: Seats;
  Semantic: Semantic;
  SetPlanRequest: SetPlanRequest;
  Skill: Skill;
  SourceType: SourceType;
  Status: Status;
  Subject: Subject;
  SubjectPart: SubjectPart;
  SubjectProperties: SubjectProperties;
  SubjectResult: SubjectResult;
  SubjectResultPage: SubjectResultPage;
  SubjectSearchRequest: SubjectSearchRequest;
  SuspendOrganizationRequest: SuspendOrganizationRequest;
  Suspension: Suspension;
  Term: Term;
  TimeZone: TimeZone;
  TransferOwnershipRequest: TransferOwnershipRequest;
  TransferredOwnership: TransferredOwnership;
  UpdateInvitationRequest: UpdateInvitationRequest;
  UpdateMemberRequest: UpdateMemberRequest;
  UpdateOrganizationRequest: UpdateOrganizationRequest;
  UserId: UserId;
  UserName: UserName;
  VerifiedApiKey: VerifiedApiKey;
  VerifyApiKeyRequest: VerifyApiKeyRequest;
  WaitingInvitation: WaitingInvitation;
  WaitingInvitationPage: WaitingInvitationPage;
}

/** The last segment of the `type` of each problem of the API. */
export type ProblemSlug =
  | "malformed-json"
  | "invalid-query"
  | "malformed-if-match"
  | "malformed-if-none-match"
  | "malformed-idempotency-key"
  | "unauthorized"
  | "forbidden"
  | "sign-in-needed"
  | "read-only-key"
  | "member-inactive"
  | "organization-suspended"
  | "role-not-assignable"
  | "email-not-verified"
  | "email-mismatch"
  | "not-found"
  | "method-not-allowed"
  | "no-seats-available"
  | "last-owner"
  | "paying-owner"
  | "not-an-owner"
  | "receiver-inactive"
  | "own-membership"
  | "organization-not-deleted"
  | "organization-erased"
  | "address-taken"
  | "already-member"
  | "inviter-lost-authority"
  | "role-not-enabled"
  | "domain-not-allowed"
  | "resource-gone"
  | "export-too-large"
  | "too-many-deletions"
  | "too-many-api-keys"
  | "api-key-expired"
  | "member-without-access"
  | "contact-address-taken"
  | "mail-not-wanted"
  | "conflict"
  | "invitation-expired"
  | "invitation-cancelled"
  | "invitation-declined"
  | "invitation-already-accepted"
  | "invitation-link-replaced"
  | "precondition-failed"
  | "body-too-large"
  | "unsupported-media-type"
  | "invalid-request"
  | "invalid-invitations"
  | "idempotency-key-reused"
  | "invitation-resent-too-often"
  | "mail-limit-reached"
  | "internal"
  | "unavailable"
  | "throttled";

/** What `organizations.list` takes. */
export interface ListOrganizationsQuery {
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
}

/** What `members.list` takes. */
export interface ListMembersQuery {
  /** Up to 8 words. Each must begin a word of the name, the address, a part of the text before the `@`, or the domain. */
  q?: string | null | undefined;
  /**
   * A member's status: whether they have access.
   *
   * - `active`: The member's roles hold.
   * - `inactive`: The member keeps everything except access and seat.
   */
  status?: "active" | "inactive" | null | undefined;
  /** Up to 16 roles, separated by commas without spaces: held anywhere, or offered. */
  role?: string | readonly string[] | null | undefined;
  /**
   * Whether a person has joined or is invited.
   *
   * - `accepted`: A member.
   * - `pending`: A pending invitation.
   */
  invite_status?: "accepted" | "pending" | null | undefined;
  /** When a person joined: a period up to now, a year, or a range of days, inclusive, in UTC. The pattern accepts more than the API does. */
  joined_in?: string | null | undefined;
  /** A resource, as `type:id`. */
  resource?: string | null | undefined;
  /** The sort order of people. A leading `-` reverses it. */
  sort?: "name" | "-name" | "joined" | "-joined" | "last_active" | "-last_active" | null | undefined;
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
  /** The `sub` of a person's tokens, which identifies them at the identity provider. */
  subject?: string | null | undefined;
}

/** What `members.get` takes. */
export interface GetMemberQuery {
  /** Whether members see their own row in full, or as other members see it. */
  as?: "oneself" | "others" | null | undefined;
}

/** What `invitations.listMine` takes. */
export interface ListMyInvitationsQuery {
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
}

/** What `invitations.list` takes. */
export interface ListInvitationsQuery {
  /** Whether the invitations are pending or ended. */
  status?: "pending" | "ended" | null | undefined;
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
}

/** What `resources.list` takes. */
export interface ListResourcesQuery {
  /** Words, each of which must begin a word of what is listed. */
  q?: string | null | undefined;
  /** Up to 100 ids of resources, separated by commas without spaces. */
  ids?: string | readonly string[] | null | undefined;
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
}

/** What `contacts.list` takes. */
export interface ListContactsQuery {
  /** Words, each of which must begin a word of what is listed. */
  q?: string | null | undefined;
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
}

/** What `apiKeys.list` takes. */
export interface ListApiKeysQuery {
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
}

/** What `events.list` takes. */
export interface ListEventsQuery {
  /** The actor of the events: an id, or for a user also `sub:` and the `sub` of the user's tokens. */
  actor?: string | null | undefined;
  /** The subject of the events: an id, or for a user also `sub:` and the `sub` of the user's tokens. */
  subject?: string | null | undefined;
  /** A kind of events, or a family of them such as `invitation.*`. A kind that does not exist matches no event. */
  kind?: EventKind | string | null | undefined;
  /** An RFC 3339 timestamp. `9999-12-31T23:59:59Z` means never, and so does every time from `9999-12-30T22:00:01Z` on. */
  since?: string | null | undefined;
  /** An RFC 3339 timestamp. `9999-12-31T23:59:59Z` means never, and so does every time from `9999-12-30T22:00:01Z` on. */
  until?: string | null | undefined;
  /** The largest number of rows in a page. */
  limit?: number | null | undefined;
  /** The `next_cursor` of the previous page. It belongs to one list and its filters. */
  cursor?: string | null | undefined;
}

/** What `exports.download` takes. */
export interface ExportMembersQuery {
  /** Up to 8 words. Each must begin a word of the name, the address, a part of the text before the `@`, or the domain. */
  q?: string | null | undefined;
  /**
   * A member's status: whether they have access.
   *
   * - `active`: The member's roles hold.
   * - `inactive`: The member keeps everything except access and seat.
   */
  status?: "active" | "inactive" | null | undefined;
  /** Up to 16 roles, separated by commas without spaces: held anywhere, or offered. */
  role?: string | readonly string[] | null | undefined;
  /**
   * Whether a person has joined or is invited.
   *
   * - `accepted`: A member.
   * - `pending`: A pending invitation.
   */
  invite_status?: "accepted" | "pending" | null | undefined;
  /** When a person joined: a period up to now, a year, or a range of days, inclusive, in UTC. The pattern accepts more than the API does. */
  joined_in?: string | null | undefined;
  /** A resource, as `type:id`. */
  resource?: string | null | undefined;
  /** The sort order of people. A leading `-` reverses it. */
  sort?: "name" | "-name" | "joined" | "-joined" | "last_active" | "-last_active" | null | undefined;
  /** The format of the file. */
  format?: "csv" | "xlsx" | null | undefined;
  /** An IANA time zone name. The pattern accepts more than the API does. */
  timezone?: string | null | undefined;
}

/** The API: a method for each operation, in groups. */
export interface Muster {
  organizations: {
    /**
     * List the organizations that the caller is a member of.
     *
     * The caller must be a signed-in user. API keys are refused.
     */
    list(query?: ListOrganizationsQuery, options?: Options): Listing<MyOrganizationPage>;
    /**
     * Create an organization; the caller becomes its owner.
     *
     * The caller must be a signed-in user. API keys are refused.
     */
    create(body: CreateOrganizationRequest, options?: PostOptions): Promise<Answer<201, Organization>>;
    /**
     * Delete an organization as a signed-in user; its members lose access immediately.
     *
     * The caller must have the permission `organization:delete` and be a signed-in user. API keys are refused. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners can do this.
     */
    delete(org: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Get an organization.
     *
     * The caller must be an active member or the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    get<O extends ReadOptions = ReadOptions>(org: string, options?: O): Promise<Answer<200, Organization> | NotModified<O>>;
    /**
     * Update an organization's name and settings.
     *
     * The caller must have the permission `organization:update`. Inactive members get 403, and users who are not members get 404.
     */
    update(org: string, body: UpdateOrganizationRequest, options?: ChangeOptions): Promise<Answer<200, Organization>>;
    /**
     * Set the billing owner.
     *
     * The caller must be a signed-in owner: an active holder of the protected role. API keys are refused. Inactive members get 403, and users who are not members get 404. Owners can do this while the organization is suspended, too.
     */
    namePayingOwner(org: string, body: NamePayingOwnerRequest, options?: ChangeOptions): Promise<Answer<200, Organization>>;
    /**
     * Set an organization's seat limit, allowed domains and mail limit.
     *
     * The caller must be the platform: the `scope` of its token contains `muster:platform`. All other callers get 403.
     */
    setPlan(org: string, body: SetPlanRequest, options?: ChangeOptions): Promise<Answer<200, Organization>>;
    /**
     * Restore an organization up to 30 days after its deletion.
     *
     * The caller must be the platform: the `scope` of its token contains `muster:platform`. All other callers get 403.
     */
    restore(org: string, options?: PostOptions): Promise<Answer<200, Organization>>;
    /**
     * Resume a suspended organization, or cancel a suspension that has not begun.
     *
     * The caller must be the platform: the `scope` of its token contains `muster:platform`. All other callers get 403.
     */
    resume(org: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Suspend an organization now or at a given time, or change its suspension.
     *
     * The caller must be the platform: the `scope` of its token contains `muster:platform`. All other callers get 403.
     */
    suspend(org: string, body: SuspendOrganizationRequest, options?: ChangeOptions): Promise<Answer<200, Organization>>;
    /**
     * Transfer ownership to another member.
     *
     * The caller must be a signed-in owner: an active holder of the protected role. API keys are refused. Inactive members get 403, and users who are not members get 404.
     */
    transferOwnership(org: string, body: TransferOwnershipRequest, options?: PostOptions): Promise<Answer<200, TransferredOwnership>>;
    /**
     * Get what a page needs first: the organization, its roles, the caller's membership, and what the caller can do.
     *
     * The caller must be an active member or the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    getView<O extends ReadOptions = ReadOptions>(org: string, options?: O): Promise<Answer<200, OrganizationView> | NotModified<O>>;
  };
  members: {
    /**
     * List people: members and pending invitations.
     *
     * The caller must have the permission `members:read`, or be the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    list(org: string, query?: ListMembersQuery, options?: Options): Listing<PeoplePage>;
    /**
     * Add a person directly if their account is known, or else invite them.
     *
     * The caller must have the permission `members:invite`. Inactive members get 403, and users who are not members get 404.
     */
    add(org: string, body: AddMemberRequest, options?: PostOptions): Promise<Answer<201, AddedMember>>;
    /**
     * Activate up to 100 members.
     *
     * The caller must have the permission `members:manage`. Inactive members get 403, and users who are not members get 404.
     */
    activateMany(org: string, body: BulkMembersRequest, options?: PostOptions): Promise<Answer<200, MemberVerdicts>>;
    /**
     * Replace all roles of up to 100 members with one role.
     *
     * The caller must have the permission `members:manage`. Inactive members get 403, and users who are not members get 404.
     */
    changeRoleMany(org: string, body: ChangeRolesRequest, options?: PostOptions): Promise<Answer<200, MemberVerdicts>>;
    /**
     * Deactivate up to 100 members.
     *
     * The caller must have the permission `members:manage`. Inactive members get 403, and users who are not members get 404.
     */
    deactivateMany(org: string, body: BulkMembersRequest, options?: PostOptions): Promise<Answer<200, MemberVerdicts>>;
    /**
     * Remove up to 100 members.
     *
     * The caller must have the permission `members:manage`. Inactive members get 403, and users who are not members get 404.
     */
    removeMany(org: string, body: BulkMembersRequest, options?: PostOptions): Promise<Answer<200, MemberVerdicts>>;
    /**
     * Remove a member; with `me`, leave the organization.
     *
     * The caller must have the permission `members:manage`. Members do not need the permission for themselves (`me`). Inactive members get 403, and users who are not members get 404. While the organization is suspended, members can only leave it.
     */
    remove(org: string, member: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Get a member; `me` is the caller.
     *
     * The caller must have the permission `members:read`, or be the platform. Members do not need the permission for themselves (`me`). Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    get<O extends ReadOptions = ReadOptions>(org: string, member: string, query?: GetMemberQuery, options?: O): Promise<Answer<200, Member> | NotModified<O>>;
    /**
     * Update a member's roles, status or profile.
     *
     * The caller must have the permission `members:manage`. Members do not need the permission for themselves (`me`). Inactive members get 403, and users who are not members get 404.
     */
    update(org: string, member: string, body: UpdateMemberRequest, options?: ChangeOptions): Promise<Answer<200, Member>>;
    /**
     * Remove a member's role on a resource.
     *
     * The caller must have the permission `members:manage`. Members do not need the permission for themselves (`me`). Inactive members get 403, and users who are not members get 404.
     */
    deleteGrant(org: string, member: string, type: string, id: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Assign or change a member's role on a resource.
     *
     * The caller must have the permission `members:manage`. Members do not need the permission for themselves (`me`). Inactive members get 403, and users who are not members get 404.
     */
    putGrant(org: string, member: string, type: string, id: string, body: PutGrantRequest, options?: ChangeOptions): Promise<Answer<200, Member>>;
  };
  invitations: {
    /**
     * List the caller's pending invitations.
     *
     * The caller must be a signed-in user. API keys are refused.
     */
    listMine(query?: ListMyInvitationsQuery, options?: Options): Listing<WaitingInvitationPage>;
    /**
     * Get the public preview of an invitation.
     *
     * No authentication required. A token is optional.
     */
    preview<O extends ReadOptions = ReadOptions>(token: string, options?: O): Promise<Answer<200, InvitationPreview> | NotModified<O>>;
    /**
     * Accept an invitation; the caller becomes a member.
     *
     * The caller must be a signed-in user whose verified address was invited. API keys are refused.
     */
    accept(token: string, options?: PostOptions): Promise<Answer<200, AcceptedInvitation>>;
    /**
     * Decline an invitation.
     *
     * The caller must be a signed-in user whose verified address was invited. API keys are refused.
     */
    decline(token: string, options?: PostOptions): Promise<Answer<204, undefined>>;
    /**
     * List pending or ended invitations.
     *
     * The caller must have the permission `members:read`, or be the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    list(org: string, query?: ListInvitationsQuery, options?: Options): Listing<InvitationPage>;
    /**
     * Invite up to 20 addresses, all or none; people with a known account are added directly.
     *
     * The caller must have the permission `members:invite`. Inactive members get 403, and users who are not members get 404.
     */
    create(org: string, body: CreateInvitationsRequest, options?: PostOptions): Promise<Answer<200, DryRun> | Answer<201, CreatedInvitations>>;
    /**
     * Cancel up to 100 pending invitations.
     *
     * The caller must have the permission `members:invite`. Inactive members get 403, and users who are not members get 404.
     */
    cancelMany(org: string, body: BulkInvitationsRequest, options?: PostOptions): Promise<Answer<200, InvitationVerdicts>>;
    /**
     * Resend up to 100 selected invitations; without a body, resend every pending one in the background.
     *
     * The caller must have the permission `members:invite`. Inactive members get 403, and users who are not members get 404.
     */
    resendMany(org: string, body?: BulkInvitationsRequest, options?: PostOptions): Promise<Answer<200, InvitationVerdicts> | Answer<202, Job>>;
    /**
     * Cancel a pending invitation.
     *
     * The caller must have the permission `members:invite`. Inactive members get 403, and users who are not members get 404.
     */
    cancel(org: string, invitation: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Get an invitation.
     *
     * The caller must have the permission `members:read`, or be the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    get<O extends ReadOptions = ReadOptions>(org: string, invitation: string, options?: O): Promise<Answer<200, Invitation> | NotModified<O>>;
    /**
     * Update a pending invitation.
     *
     * The caller must have the permission `members:invite`. Inactive members get 403, and users who are not members get 404.
     */
    update(org: string, invitation: string, body: UpdateInvitationRequest, options?: ChangeOptions): Promise<Answer<200, Invitation>>;
    /**
     * Resend an invitation with a new link.
     *
     * The caller must have the permission `members:invite`. Inactive members get 403, and users who are not members get 404.
     */
    resend(org: string, invitation: string, options?: PostOptions): Promise<Answer<200, Invitation>>;
  };
  roles: {
    /**
     * List roles, and where the caller can assign them.
     *
     * The caller must be an active member or the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    list<O extends ReadOptions = ReadOptions>(org: string, options?: O): Promise<Answer<200, RolePage> | NotModified<O>>;
    /**
     * List the role sets that an organization can be created with.
     *
     * No authentication required.
     */
    listSets<O extends ReadOptions = ReadOptions>(options?: O): Promise<Answer<200, AvailableRoleSetPage> | NotModified<O>>;
  };
  resources: {
    /**
     * List resources, or search them by name or id.
     *
     * The caller must have the permission `resources:read`, or be the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    list(org: string, query?: ListResourcesQuery, options?: Options): Listing<ResourcePage>;
    /**
     * Delete a resource; access through it ends immediately.
     *
     * The caller must have the permission `resources:manage`. Inactive members get 403, and users who are not members get 404.
     */
    delete(org: string, type: string, id: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Register or rename a resource.
     *
     * The caller must have the permission `resources:manage`. Inactive members get 403, and users who are not members get 404.
     */
    put(org: string, type: string, id: string, body: PutResourceRequest, options?: ChangeOptions): Promise<Answer<200 | 201, Resource>>;
  };
  contacts: {
    /**
     * List contacts, or search them by name or address.
     *
     * The caller must have the permission `contacts:read`, or be the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    list(org: string, query?: ListContactsQuery, options?: Options): Listing<ContactPage>;
    /**
     * Delete a contact; memberships are not affected.
     *
     * The caller must have the permission `contacts:manage`, or be the platform. Inactive members get 403, and users who are not members get 404.
     */
    delete(org: string, contact: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Register or update a contact.
     *
     * The caller must have the permission `contacts:manage`, or be the platform. Inactive members get 403, and users who are not members get 404.
     */
    put(org: string, contact: string, body: PutContactRequest, options?: ChangeOptions): Promise<Answer<200 | 201, Contact>>;
  };
  apiKeys: {
    /**
     * Verify an API key and optionally check a permission.
     *
     * The caller must be a signed-in user. API keys are refused.
     */
    verify(body: VerifyApiKeyRequest, options?: Options): Promise<Answer<200, VerifiedApiKey>>;
    /**
     * List a member's API keys, except revoked ones.
     *
     * The caller must be a signed-in, active member, or be the platform. Members can do this for themselves and for the members they manage. API keys are refused. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    list(org: string, member: string, query?: ListApiKeysQuery, options?: Options): Listing<ApiKeyPage>;
    /**
     * Create an API key for yourself or a member you manage; its secret is shown only once.
     *
     * The caller must be a signed-in, active member. Members can do this for themselves and for the members they manage. API keys are refused. Inactive members get 403, and users who are not members get 404.
     */
    create(org: string, member: string, body: CreateApiKeyRequest, options?: PostOptions): Promise<Answer<201, NewApiKey>>;
    /**
     * Revoke an API key; it stops working immediately.
     *
     * The caller must be a signed-in, active member. Members can do this for themselves and for the members they manage. API keys are refused. Inactive members get 403, and users who are not members get 404.
     */
    revoke(org: string, member: string, key: string, options?: ChangeOptions): Promise<Answer<204, undefined>>;
    /**
     * Rotate an API key's secret; the old one keeps working for some hours.
     *
     * The caller must be a signed-in, active member. Members can do this for themselves and for the members they manage. API keys are refused. Inactive members get 403, and users who are not members get 404.
     */
    rotate(org: string, member: string, key: string, body?: RotateApiKeyRequest, options?: PostOptions): Promise<Answer<200, NewApiKey>>;
  };
  access: {
    /**
     * Get the endpoints for access decisions.
     *
     * No authentication required.
     */
    getAuthzenConfiguration<O extends ReadOptions = ReadOptions>(options?: O): Promise<Answer<200, AccessConfiguration> | NotModified<O>>;
    /**
     * Get the endpoints for access decisions in one organization.
     *
     * No authentication required.
     */
    getAuthzenConfigurationInOrganization<O extends ReadOptions = ReadOptions>(org: string, options?: O): Promise<Answer<200, AccessConfiguration> | NotModified<O>>;
    /**
     * Check whether a subject may act on a resource.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    evaluate(body: EvaluationRequest, options?: Options): Promise<Answer<200, Decision>>;
    /**
     * Check up to 100 access requests at once.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    evaluateBatch(body: EvaluationsRequest, options?: Options): Promise<Answer<200, Decisions>>;
    /**
     * Search for actions that a subject may perform on a resource.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    searchActions(body: ActionSearchRequest, options?: Options): Listing<ActionResultPage>;
    /**
     * Search for resources that a subject may act on.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    searchResources(body: ResourceSearchRequest, options?: Options): Listing<ResourceResultPage>;
    /**
     * Search for subjects that may act on a resource.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    searchSubjects(body: SubjectSearchRequest, options?: Options): Listing<SubjectResultPage>;
    /**
     * Check whether a subject may act on a resource of this organization.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    evaluateInOrganization(org: string, body: EvaluationRequest, options?: Options): Promise<Answer<200, Decision>>;
    /**
     * Check up to 100 access requests in this organization at once.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    evaluateBatchInOrganization(org: string, body: EvaluationsRequest, options?: Options): Promise<Answer<200, Decisions>>;
    /**
     * Search for actions that a subject may perform on a resource of this organization.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    searchActionsInOrganization(org: string, body: ActionSearchRequest, options?: Options): Listing<ActionResultPage>;
    /**
     * Search for resources of this organization that a subject may act on.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    searchResourcesInOrganization(org: string, body: ResourceSearchRequest, options?: Options): Listing<ResourceResultPage>;
    /**
     * Search for subjects that may act on a resource of this organization.
     *
     * The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: invalid requests get 400, and the response returns the `X-Request-ID` of the request.
     */
    searchSubjectsInOrganization(org: string, body: SubjectSearchRequest, options?: Options): Listing<SubjectResultPage>;
  };
  events: {
    /**
     * List events, newest first.
     *
     * The caller must have the permission `events:read`, or be the platform. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners and the platform can do this.
     */
    list(org: string, query?: ListEventsQuery, options?: Options): Listing<EventPage>;
  };
  exports: {
    /**
     * Start a background export of the people list.
     *
     * The caller must have the permission `members:read` on the whole organization. The platform is refused. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners can do this.
     */
    create(org: string, body: CreateExportRequest, options?: PostOptions): Promise<Answer<202, Export>>;
    /**
     * Get an export's status and, once ready, its download link.
     *
     * The caller must have the permission `members:read` on the whole organization. The platform is refused. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners can do this.
     */
    get<O extends ReadOptions = ReadOptions>(org: string, exportId: string, options?: O): Promise<Answer<200, Export> | NotModified<O>>;
    /**
     * Download the people list as a file of up to 1,000 rows.
     *
     * The caller must have the permission `members:read` on the whole organization. The platform is refused. Inactive members get 403, and users who are not members get 404. While the organization is suspended, only owners can do this.
     */
    download(org: string, query?: ExportMembersQuery, options?: Options): Promise<Answer<200, Blob>>;
  };
}
