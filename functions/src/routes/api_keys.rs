//! API keys: create, list, revoke, rotate, verify.

use super::members::target;
use crate::api::PageResponse;
use crate::api::api_key::{
    ApiKeyResponse, CreateApiKeyRequest, NewApiKeyResponse, RotateApiKeyRequest, VerifyApiKeyRequest,
    VerifyApiKeyResponse,
};
use crate::api::resource::ResourceNames;
use crate::routes::lookup::{name_keys, resource_keys, resource_names, resources_found};
use muster_domain::api_key::UnusableReason;
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access::{self, Question};
use muster_domain::rules::api_keys::{self, NewApiKey};
use muster_domain::{ApiKey, Instant, KeyId, Organization, OrganizationId, ResourceKey, Secret, Timestamp};
use muster_edge::api_key::{narrowed, unread_knower};
use muster_edge::ids::secret_bits;
use muster_edge::org_context::{role_set, touch_key};
use muster_edge::{Call, Outcome, Problem, Reply, User};
use muster_store::{Key, ReadSet};

/// The answer that shows the secret. The copy stored for a retry of the request does not.
fn shown_once(status: u16, key: &ApiKey, secret: &Secret, read: &ReadSet, now: Timestamp) -> Outcome {
    let mut body = NewApiKeyResponse {
        key: ApiKeyResponse::of(key, &ResourceNames::of(read)?, now),
        secret: Some(secret.reveal().to_owned()),
    };
    let reply = Reply::json(status, &body)?;
    body.secret = None;
    reply.keeping(&body)
}

/// Creates an API key, for the caller or for a member the caller manages.
pub async fn create(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let body: CreateApiKeyRequest = call.body()?;
    let resources = resource_keys(&body.resources)?;
    let random = secret_bits()?;
    let mut keys = vec![Key::member(organization, id)];
    keys.extend(resources.iter().map(|key| Key::resource(organization, key)));
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let resources = resources_found(read, organization, &resources)?;
        let wanted = NewApiKey {
            name: body.name.clone(),
            read_only: body.read_only,
            resources: &resources,
            expires_at: body.expires_at.and_then(Instant::end),
        };
        let member = read.member(organization, id)?;
        let (key, secret, changes) = api_keys::create(&org.decision_context()?, member.as_ref(), wanted, random, ids)?;
        Ok(org.commit(changes, shown_once(201, &key, &secret, read, call.now)?))
    })
    .await
}

/// Lists a member's API keys except revoked ones, oldest first.
pub async fn list(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let query = call.query(&["limit", "cursor"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let key = Key::member(organization, id);
    let (org, read) = call.read_in_org(&user, organization, vec![key]).await?;
    let member = read.member(organization, id)?;
    // The platform reads everything.
    let owner = if org.is_platform() {
        member.as_ref().ok_or_else(|| Problem::not_found("member"))?
    } else {
        api_keys::owner(&org.decision_context()?, member.as_ref())?
    };
    let store = call.app.store();
    let page = store.api_keys(organization, id, cursor.as_ref(), limit).await?;
    let listed = || page.items.iter().filter(|key| api_keys::is_listed(key, owner));
    let resources = listed().flat_map(|key| &key.limits.resources);
    let names = resource_names(store, &name_keys(resources.map(|on| (organization, on)))).await?;
    let items = listed().map(|key| ApiKeyResponse::of(key, &names, call.now)).collect();
    Reply::json(
        200,
        &PageResponse {
            items,
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}

/// Revokes an API key.
pub async fn revoke(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let key: KeyId = call.path("key")?;
    let keys = vec![Key::member(organization, id), Key::api_key(organization, key)];
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let member = read.member(organization, id)?;
        let found = read.api_key(organization, key)?;
        let changes = api_keys::revoke(&org.decision_context()?, member.as_ref(), found.as_ref(), ids)?;
        call.precondition(found.as_ref())?;
        Ok(org.commit(changes, Reply::empty()))
    })
    .await
}

/// Gives an API key a new secret.
pub async fn rotate(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let key: KeyId = call.path("key")?;
    let body: RotateApiKeyRequest = call.body_or_default()?;
    let random = secret_bits()?;
    let keys = vec![Key::member(organization, id), Key::api_key(organization, key)];
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let member = read.member(organization, id)?;
        let found = read.api_key(organization, key)?;
        let both = (member.as_ref(), found.as_ref());
        let (after, secret, changes) =
            api_keys::rotate(&org.decision_context()?, both, body.overlap_hours, random, ids)?;
        Ok(org.commit(changes, shown_once(200, &after, &secret, read, call.now)?))
    })
    .await
}

/// Reports what an API key gives access to now, and whether it allows an action. This takes one read, two if a member other than
/// its owner knows the key, and none if the key is malformed.
pub async fn verify(call: Call, user: User) -> Outcome {
    let body: VerifyApiKeyRequest = call.body()?;
    let Ok(secret) = body.key.parse::<Secret>() else {
        return reply(&VerifyApiKeyResponse {
            code: "malformed",
            ..VerifyApiKeyResponse::default()
        });
    };
    let resource = body.resource.clone().map(ResourceKey::from);
    let (id, organization) = (secret.key(), secret.organization());
    let mut keys = vec![
        Key::organization(organization),
        Key::member(organization, id.owner),
        Key::api_key(organization, id),
    ];
    keys.extend(resource.iter().map(|key| Key::resource(organization, key)));
    let mut read = call.app.store().read(&keys).await?;
    if let Some(knower) = unread_knower(&read, organization, id, Some(&secret), call.now)? {
        read = read.and(call.app.store().read(&[knower]).await?);
    }
    let verdict = verdict(&call, &read, &secret, &body, resource.as_ref()).await?;
    reply(&VerifyApiKeyResponse {
        subject: verdict.subject.filter(|_| user.platform),
        ..verdict
    })
}

fn reply(body: &VerifyApiKeyResponse) -> Outcome {
    Reply::json(200, body)
}

async fn verdict(
    call: &Call,
    read: &ReadSet,
    secret: &Secret,
    body: &VerifyApiKeyRequest,
    resource: Option<&ResourceKey>,
) -> Result<VerifyApiKeyResponse, Problem> {
    let (id, at) = (secret.key(), secret.organization());
    let refused = |code| VerifyApiKeyResponse {
        code,
        ..VerifyApiKeyResponse::default()
    };
    // This check comes first, so that a made-up key takes the same time whether or not its organization exists.
    if !read.contains(&Key::api_key(at, id)) {
        return Ok(refused(UnusableReason::NotFound.code()));
    }
    let organization = read.organization(at)?;
    let owner = read.member(at, id.owner)?;
    let key = limited_key(read, secret, organization.as_ref(), call.now)?;
    if let Err(why) = api_keys::verify(secret, organization.as_ref(), owner.as_ref(), key.as_ref(), call.now) {
        return Ok(refused(why.code()));
    }
    let (Some(organization), Some(owner), Some(key)) = (organization, owner, key) else {
        return Err(Problem::internal());
    };
    touch_key(&call.app, &key, call.now).await;
    let resource = match resource {
        Some(resource) => read.resource(at, resource)?,
        None => None,
    };
    let ask = |action: &str| {
        let question = Question {
            organization: &organization,
            set: role_set(&organization)?,
            member: &owner,
            key: Some(&key),
            action,
            resource: resource.as_ref().map(|r| &r.reference),
            properties: SentProperties::default(),
            now: call.now,
        };
        Ok::<bool, Problem>(access::decide(&question).is_allowed())
    };
    let allowed = body.action.as_deref().map(ask).transpose()?;
    Ok(VerifyApiKeyResponse {
        valid: true,
        organization: Some(at),
        member: Some(owner.id),
        subject: Some(owner.subject.clone()),
        key: Some(key.id),
        name: Some(key.name.clone()),
        read_only: Some(key.limits.read_only),
        allowed: Some(allowed),
        code: if allowed == Some(false) { "not_allowed" } else { "valid" },
    })
}

/// The key that a secret names, within the powers of the member who knows the secret besides its owner.
fn limited_key(
    read: &ReadSet,
    secret: &Secret,
    organization: Option<&Organization>,
    now: Timestamp,
) -> Result<Option<ApiKey>, Problem> {
    let key = read.api_key(secret.organization(), secret.key())?;
    let (Some(organization), Some(known)) = (organization, &key) else {
        return Ok(key);
    };
    let opening = (known, Some(secret));
    Ok(Some(narrowed(
        read,
        organization,
        role_set(organization)?,
        opening,
        now,
    )?))
}
