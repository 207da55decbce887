//! Exports: requests and responses.

use super::{forms, words};
use jiff::Timestamp;
use muster_domain::export::{Format, State};
use muster_domain::people::Selection;
use muster_domain::text::TimeZoneName;
use muster_domain::{Export, ExportId};
use muster_edge::Body;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The people that an export contains, and their order: the parameters of the people list.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportSelection {
    /// Up to 8 words. Each must begin a word of the name or the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub q: Option<String>,
    /// The status of members: `active` or `inactive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Status>)]
    pub status: Option<String>,
    /// Up to 16 roles. A person matches if they hold one of them anywhere, or are offered one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<forms::RoleId>, max_items = 16)]
    pub role: Vec<String>,
    /// Members (`accepted`) or invitations (`pending`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::InviteStatus>)]
    pub invite_status: Option<String>,
    /// When members joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::Period>)]
    pub joined_in: Option<String>,
    /// A resource on which a role is held or offered, as `type:id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::ResourceText>)]
    pub resource: Option<String>,
    /// The sort order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Order>)]
    pub sort: Option<String>,
}

impl From<ExportSelection> for Selection {
    fn from(body: ExportSelection) -> Self {
        Self {
            q: body.q,
            status: body.status,
            role: body.role,
            invite_status: body.invite_status,
            joined_in: body.joined_in,
            resource: body.resource,
            sort: body.sort,
        }
    }
}

impl From<Selection> for ExportSelection {
    fn from(selection: Selection) -> Self {
        Self {
            q: selection.q,
            status: selection.status,
            role: selection.role,
            invite_status: selection.invite_status,
            joined_in: selection.joined_in,
            resource: selection.resource,
            sort: selection.sort,
        }
    }
}

/// A background export to start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateExportRequest {
    /// The file format: `csv` or `xlsx`.
    #[schema(value_type = words::FileFormat)]
    pub format: Format,
    /// The time zone of times in the file. The default is the time zone of the caller's profile, or else UTC.
    #[serde(default)]
    #[schema(value_type = Option<forms::TimeZone>)]
    pub timezone: Option<TimeZoneName>,
    /// The people to export. The default is everyone.
    #[serde(default)]
    pub filter: Option<ExportSelection>,
}

impl Body for CreateExportRequest {
    const REQUIRED: &'static [&'static str] = &["format"];
}

/// An export.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportResponse {
    /// The export's id.
    #[schema(value_type = forms::ExportId)]
    pub id: ExportId,
    /// `running`, `ready` or `failed`. A failed export is not retried.
    #[schema(value_type = words::ExportState)]
    pub state: State,
    /// The file format: `csv` or `xlsx`.
    #[schema(value_type = words::FileFormat)]
    pub format: Format,
    /// The time zone of times in the file.
    #[schema(value_type = String)]
    pub timezone: TimeZoneName,
    /// The people that the export contains.
    pub filter: ExportSelection,
    /// The number of rows read so far. Once the export is ready, this is the total.
    pub rows: u64,
    /// When the export was requested.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the export is deleted.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Once the export is ready, a link that opens the file without a token. Each request returns a new link.
    pub url: Option<String>,
    /// When the link expires.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub url_expires_at: Option<Timestamp>,
}

impl From<Export> for ExportResponse {
    fn from(export: Export) -> Self {
        Self {
            id: export.id,
            state: export.state,
            format: export.wanted.format,
            timezone: export.wanted.timezone,
            filter: export.wanted.filter.into(),
            rows: export.rows,
            created_at: export.created_at,
            expires_at: export.expires_at,
            url: None,
            url_expires_at: None,
        }
    }
}
