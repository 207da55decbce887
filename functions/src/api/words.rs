//! Closed vocabularies in the OpenAPI document: the words of enums of `muster_domain`, and what each means.

use muster_domain::rules::actions;
use muster_domain::{event, export, invitation, language, member, people, roleset, source};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

fn schema(about: &str, words: &[&'static str], meanings: &[&str]) -> RefOr<Schema> {
    let each: String = words
        .iter()
        .zip(meanings)
        .map(|(word, meaning)| format!("\n- `{word}`: {meaning}"))
        .collect();
    let about = match each.as_str() {
        "" => about.trim().to_owned(),
        each => format!("{}\n{each}", about.trim()),
    };
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .description(Some(about))
        .examples(words.first().copied())
        .into()
}

macro_rules! words {
    ($(#[doc = $description:literal] $name:ident = $of:ty $(, $text:ident)?;)*) => {$(
        #[doc = $description]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let meanings = Vec::<Vec<&str>>::from([$(<$of>::ALL.map(<$of>::$text).to_vec())?]).concat();
                schema($description, <$of>::WORDS, &meanings)
            }
        }

        impl ToSchema for $name {}
    )*};
}

words! {
    /// A member's status: whether they have access.
    Status = member::Status, text;
    /// Whether a person has joined or is invited.
    InviteStatus = people::InviteStatus, text;
    /// Whether a person is a member or invited.
    PersonKind = people::PersonKind, text;
    /// The sort order of people. A leading `-` reverses it.
    Order = people::Order;
    /// The status of an invitation.
    InvitationState = invitation::InvitationState, text;
    /// The reason for a cancellation that no member requested.
    CancelReason = invitation::CancelReason, text;
    /// The status of the latest email of an invitation.
    Delivery = invitation::Delivery, text;
    /// A language of emails.
    Language = language::Language, text;
    /// A file format.
    FileFormat = export::Format, text;
    /// The state of an export.
    ExportState = export::State, text;
    /// Where a role's permissions apply.
    RoleReach = roleset::Reach, text;
    /// How resources apply to a role.
    RoleResources = roleset::Resources, text;
    /// How a role was given. New kinds may be added.
    SourceType = source::SourceType, text;
    /// The kind of an event. New kinds may be added.
    EventKind = event::EventKind, text;
    /// The kind of an actor or of a subject. New kinds may be added.
    EntityKind = event::EntityKind, text;
    /// Something that the caller can do in the organization. New actions may be added.
    OrganizationAction = actions::OrganizationAction, text;
    /// Something that the caller can do with a person. New actions may be added.
    PersonAction = actions::PersonAction, text;
}
