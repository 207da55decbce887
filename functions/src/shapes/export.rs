//! Exports: as they are asked for and shown.

use super::forms;
use jiff::Timestamp;
use muster_domain::export::{Format, State};
use muster_domain::people::Selection;
use muster_domain::text::TimeZoneName;
use muster_domain::{Export, ExportId};
use muster_edge::Body;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whom an export is of, and in which order: as the parameters of the list of people.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectionBody {
    /// Beginnings of words of name and address, all of which must fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub q: Option<String>,
    /// `active` or `inactive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::Status>)]
    pub status: Option<String>,
    /// Roles, one of which is held or offered anywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<forms::RoleId>, max_items = 16)]
    pub role: Vec<String>,
    /// `accepted` or `pending`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::InviteStatus>)]
    pub invite_status: Option<String>,
    /// When they joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::Period>)]
    pub joined_in: Option<String>,
    /// A resource on which something is held or offered, as `type:id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::ResourceText>)]
    pub resource: Option<String>,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::Order>)]
    pub sort: Option<String>,
}

impl From<SelectionBody> for Selection {
    fn from(body: SelectionBody) -> Self {
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

impl From<Selection> for SelectionBody {
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

/// An export to be made in the background.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateExport {
    /// `csv` or `xlsx`.
    #[schema(value_type = forms::FileFormat)]
    pub format: Format,
    /// Time zone of its times; that of the caller's profile by default, else UTC.
    #[serde(default)]
    #[schema(value_type = Option<forms::TimeZone>)]
    pub timezone: Option<TimeZoneName>,
    /// Whom it is of; everybody by default.
    #[serde(default)]
    pub filter: Option<SelectionBody>,
}

impl Body for CreateExport {
    const REQUIRED: &'static [&'static str] = &["format"];
}

/// An export.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportBody {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ExportId,
    /// `running`, `ready` or `failed`; one that failed is not tried again.
    #[schema(value_type = String)]
    pub state: State,
    /// `csv` or `xlsx`.
    #[schema(value_type = String)]
    pub format: Format,
    /// Time zone of its times.
    #[schema(value_type = String)]
    pub timezone: TimeZoneName,
    /// Whom it is of.
    pub filter: SelectionBody,
    /// Rows that were read so far; once it is ready, all there are.
    pub rows: u64,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// From when on it is no more.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Once it is ready: a link that opens the file for whoever has it, a new one each time it is asked for.
    pub url: Option<String>,
    /// Until when the link opens it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub url_expires_at: Option<Timestamp>,
}

impl From<Export> for ExportBody {
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
