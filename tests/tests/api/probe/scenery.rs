//! Two organizations that know nothing of each other, and the people who try.

use super::table::Probe;
use muster_tests::harness::Organization;
use muster_tests::{Harness, NewKey, Persona};
use serde_json::json;

/// Who and what the probes name.
pub(super) struct Scenery {
    /// The organization that is probed.
    pub(super) acme: Organization,
    /// A program admin of it, whom the paths name.
    pub(super) member: Persona,
    /// An admin who was deactivated.
    pub(super) inactive: Persona,
    pub(super) participant: Persona,
    pub(super) sponsor: Persona,
    /// An honest owner of another organization.
    pub(super) stranger: Persona,
    /// The other organization.
    pub(super) others: String,
    /// A pending invitation.
    pub(super) invitation: String,
    /// An export of the owner's.
    export: String,
    /// An API key of the member.
    pub(super) key: NewKey,
    /// The token in its link.
    token: String,
}

impl Scenery {
    pub(super) async fn make(h: &Harness) -> Self {
        let acme = Organization::make(h).await;
        let member = acme.join(h, "pat", "program_admin", &["spring"]).await;
        let inactive = acme.join(h, "ina", "admin", &[]).await;
        let body = json!({ "members": [inactive.id()] });
        acme.owner
            .post(h, &acme.path("/members/deactivate"), &body)
            .await
            .expect(200);
        let participant = acme.join(h, "pia", "participant", &["spring"]).await;
        let sponsor = acme.join(h, "sam", "program_sponsor", &["spring"]).await;
        let guest = h.person("gus");
        let invitation = acme.invite(h, guest.email(), "participant", &["spring"]).await;
        let wanted = json!({ "format": "csv" });
        let export = acme.owner.post(h, &acme.path("/exports"), &wanted).await;
        let export = export.expect(202).text("/id");
        let key = acme.key(h, &member, &json!({ "name": "zapier" })).await;
        let token = h.invitation_token(guest.email()).await;
        for (id, email) in [("ann", "ann@y.example"), ("ben", "ben@y.example")] {
            let path = acme.path(&format!("/contacts/{id}"));
            acme.owner.put(h, &path, &json!({ "email": email })).await.expect(201);
        }
        let stranger = h.person("stella");
        let body = json!({ "name": "Other", "role_set": "program-delivery" });
        let others = stranger
            .post(h, "/v1/organizations", &body)
            .await
            .expect(201)
            .text("/id");
        Self {
            acme,
            member,
            inactive,
            participant,
            sponsor,
            stranger,
            others,
            invitation,
            export,
            key,
            token,
        }
    }

    /// The probe's path within this organization, naming what belongs to the probed one.
    pub(super) fn path(&self, probe: &Probe, organization: &str) -> String {
        let path = probe.path.replace("{org}", organization);
        let path = path
            .replace("{invitation}", &self.invitation)
            .replace("{key}", &self.key.id)
            .replace("{export}", &self.export)
            .replace("{token}", &self.token);
        let path = path.replace("{member}", &self.member.id()).replace("{type}", "program");
        path.replace("{id}", "spring")
            .replace("{contact}", "ann")
            .replace("/team/{file}", "/team/licenses.txt")
            .replace("{file}", "index.html")
            .replace("$default", "/nowhere")
    }
}
