//! The address of this decision point.

use crate::api::access::ConfigurationResponse;
use muster_edge::{Call, Outcome, Problem, Reply};

/// Answers with the decision point's own address and those of its routes.
///
/// The path can name the decision point of one organization. As the standard has it, the well-known name stands before the path of
/// that point. It does not look up whether the organization exists, so it does not reveal that.
pub async fn configuration(call: Call) -> Outcome {
    call.query(&[])?;
    let own = call.organization_in_path()?;
    let root = match &call.app.config().api_url {
        Some(url) => url.clone(),
        // The gateway answers only to its own names, so the caller cannot have made this one up.
        None => format!("https://{}", call.domain().ok_or_else(Problem::internal)?),
    };
    let base = match own {
        Some(organization) => format!("{root}/v1/organizations/{organization}"),
        None => root,
    };
    let at = |path: &str| format!("{base}{path}");
    let body = ConfigurationResponse {
        access_evaluation_endpoint: at("/access/v1/evaluation"),
        access_evaluations_endpoint: at("/access/v1/evaluations"),
        search_subject_endpoint: at("/access/v1/search/subject"),
        search_resource_endpoint: at("/access/v1/search/resource"),
        search_action_endpoint: at("/access/v1/search/action"),
        policy_decision_point: base,
    };
    Ok(Reply::json(200, &body)?.header("cache-control", "public, max-age=3600"))
}
