//! String formats in the OpenAPI document. The types in `muster_domain` validate; a test generates valid and invalid values of each
//! format and sends them to the routes.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// Characters that no text may contain: control, invisible and direction-changing characters, except line ends and tabs.
macro_rules! unseen {
    () => {
        "\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B\\u200E\\u200F\
         \\u2028-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF0-\\uFFFB"
    };
}

/// At least one visible character.
macro_rules! visible {
    () => {
        concat!("[^\\s\\u200C\\u200D\\u2800\\uFE00-\\uFE0F", unseen!(), "]")
    };
}

/// The white space that is removed around a text: Unicode's, as in Rust. `\s` of other languages is another set.
macro_rules! blanks {
    () => {
        "[\\t-\\r \\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]*"
    };
}

/// A text of one line.
const LINE: &str = concat!(
    "^",
    blanks!(),
    "[^\\t\\n",
    unseen!(),
    "]*",
    visible!(),
    "[^\\t\\n",
    unseen!(),
    "]*",
    blanks!(),
    "$"
);
/// A text of several lines.
const LINES: &str = concat!(
    "^",
    blanks!(),
    "(?:[^",
    unseen!(),
    "]|\\r\\n)*",
    visible!(),
    "(?:[^",
    unseen!(),
    "]|\\r\\n)*",
    blanks!(),
    "$"
);
/// Looks like an email address.
const EMAIL: &str = concat!("^", blanks!(), "[^@\\s][^\\r\\n]*@[^@\\r\\n]*[^@\\s]", blanks!(), "$");
/// Looks like a domain.
const DOMAIN: &str = concat!("^", blanks!(), "[^@\\s]+\\.[^@\\s]+", blanks!(), "$");
/// A word in snake case.
pub(crate) const WORD: &str = "^[a-z][a-z0-9_]{0,39}$";
/// One to `most` words in snake case, separated by commas.
pub(crate) fn words(most: usize) -> String {
    format!("^[a-z][a-z0-9_]{{0,39}}(?:,[a-z][a-z0-9_]{{0,39}}){{0,{}}}$", most - 1)
}
/// An id that the product chooses. A path cannot end in `.` or `..`.
macro_rules! own_id {
    () => {
        "(?:[A-Za-z0-9_:@~-][A-Za-z0-9_.:@~-]{0,127}|\\.[A-Za-z0-9_:@~-][A-Za-z0-9_.:@~-]{0,126}|\\.\\.[A-Za-z0-9_.:@~-]{1,126})"
    };
}

/// One to `most` ids of resources, separated by commas.
pub(crate) fn resource_ids(most: usize) -> String {
    format!("^{}(?:,{}){{0,{}}}$", own_id!(), own_id!(), most - 1)
}

/// The id of a user.
macro_rules! user {
    () => {
        "usr_[0-7][0-9A-Za-z]{21}"
    };
}

/// An id that the product chooses.
const OWN_ID: &str = concat!("^", own_id!(), "$");
/// A resource as its type and its id.
const RESOURCE: &str = concat!("^[a-z][a-z0-9_]{0,39}:", own_id!(), "$");
/// A label of a host name.
macro_rules! label {
    ($first:literal) => {
        concat!("[", $first, "](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
    };
}

/// The name of a host on the internet.
macro_rules! host_name {
    () => {
        concat!("(?:", label!("A-Za-z0-9"), "\\.)+", label!("A-Za-z"))
    };
}

/// The address of a web page.
const PAGE_URL: &str = concat!(
    "^https://",
    host_name!(),
    "(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?",
    "(?:[/?#](?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$"
);
/// The address of a picture.
const LOGO_URL: &str = concat!(
    "^https://",
    host_name!(),
    "(?:[/?#][!#$%&()*+,./0-9:;=?@A-Z\\[\\]_a-z~-]*)?$"
);
/// A period.
const PERIOD: &str = concat!(
    "^(?:last_week|last_month|last_year|[0-9]{4}|",
    "[0-9]{4}-[0-9]{2}-[0-9]{2}\\.\\.[0-9]{4}-[0-9]{2}-[0-9]{2})$"
);

macro_rules! forms {
    ($(#[doc = $description:literal] $name:ident { $($limit:ident $value:expr),* } $example:literal;)*) => {$(
        #[doc = $description]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String)$(.$limit(Some($value)))*;
                text.description(Some($description.trim())).examples([$example]).into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

forms! {
    /// A display name: one line of 1 to 120 characters. Surrounding white space is removed, but counts toward the length. Invisible characters beyond U+FFFF are refused as well.
    Name { min_length 1, max_length 120, pattern LINE } "Ann Lee";
    /// A text of one or more lines, 1 to 2,000 characters. Surrounding white space is removed, but counts toward the length. Invisible characters beyond U+FFFF are refused as well.
    Message { min_length 1, max_length 2_000, pattern LINES } "Welcome";
    /// A skill: one line of 1 to 60 characters. Surrounding white space is removed, but counts toward the length. Invisible characters beyond U+FFFF are refused as well.
    Skill { min_length 1, max_length 60, pattern LINE } "Rust";
    /// The id of a role in the role set.
    RoleId { pattern WORD } "program_admin";
    /// A resource type that the role set defines.
    ResourceType { pattern WORD } "program";
    /// A resource's id, which the product chooses.
    ResourceId { pattern OWN_ID } "spring";
    /// A contact's id, which the product chooses.
    ContactId { pattern OWN_ID } "ann";
    /// An organization's id.
    OrganizationId { pattern "^org_[0-7][0-9A-Za-z]{21}$" } "org_0351gb06UonDD6Qk3DjTVL";
    /// A user's id.
    UserId { pattern concat!("^", user!(), "$") } "usr_5Il5ApcqJZi2Gi3OBCs6wc";
    /// A user: by id, or by `sub:` and the `sub` of the user's tokens.
    UserName { pattern concat!("^(?:", user!(), "|sub:[^\\u0000-\\u001F\\u007F-\\u009F]{1,255})$") } "sub:auth0|507f1f77";
    /// A user: by id, by `sub64:` and the URL-safe Base64 of the `sub` of the user's tokens, without padding; or `me` for the caller.
    UserNameInPath { pattern concat!("^(?:me|", user!(), "|sub64:[-0-9A-Z_a-z]{2,1360})$") } "me";
    /// An invitation's id.
    InvitationId { pattern "^inv_[0-7][0-9A-Za-z]{21}$" } "inv_0351gb0AypcECPhxD0AIdu";
    /// An export's id.
    ExportId { pattern "^exp_[0-7][0-9A-Za-z]{21}$" } "exp_0351gb0AypcECPhxD0AIdu";
    /// An event's id.
    EventId { pattern "^evt_[0-7][0-9A-Za-z]{21}$" } "evt_0356FJARWVFepvAvpDeMFk";
    /// A job's id.
    JobId { pattern "^job_[0-7][0-9A-Za-z]{21}$" } "job_0356FJARWVFepvAvpDeMFk";
    /// An API key's id.
    KeyId { pattern "^key_[0-7][0-9A-Za-z]{32}$" } "key_5Il5ApcqJZi2Gi3OBCs6wc0351gb0AypX";
    /// An email address. Surrounding white space is removed. The pattern accepts more than the API does.
    EmailAddress { min_length 3, max_length 1_024, pattern EMAIL } "ann@x.example";
    /// A domain of email addresses. Surrounding white space is removed. The pattern accepts more than the API does.
    Domain { min_length 3, max_length 1_024, pattern DOMAIN } "partner.example";
    /// The address of a web page: `https`, a host name, and at most 2,048 characters.
    PageUrl { max_length 2_048, pattern PAGE_URL } "https://product.example/billing";
    /// The `sub` of a person's tokens, which identifies them at the identity provider.
    Subject { min_length 1, max_length 255, pattern "^[^\\u0000-\\u001F\\u007F-\\u009F]*$" } "auth0|507f1f77";
    /// A duration: `forever`, or a number of months.
    Term { pattern "^(?:forever|1_month|(?:[2-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])_months)$" } "3_months";
    /// A color: `#` and six hexadecimal digits.
    Color { pattern "^#[0-9A-Fa-f]{6}$" } "#3366ff";
    /// The https URL of a picture, of up to 500 characters, without a port.
    LogoUrl { min_length 1, max_length 500, pattern LOGO_URL } "https://cdn.example.com/logo.png";
    /// An IANA time zone name. The pattern accepts more than the API does.
    TimeZone { pattern "^[A-Za-z0-9_+/-]{1,64}$" } "Europe/Paris";
    /// When a person joined: a period up to now, a year, or a range of days, inclusive, in UTC. The pattern accepts more than the API does.
    Period { pattern PERIOD } "last_month";
    /// A resource, as `type:id`.
    ResourceText { pattern RESOURCE } "program:spring";
    /// An RFC 3339 timestamp. `9999-12-31T23:59:59Z` means never, and so does every time from `9999-12-30T22:00:01Z` on.
    Instant { format SchemaFormat::KnownFormat(KnownFormat::DateTime) } "2027-01-31T12:00:00Z";
}
