//! Paid programs: who was added pays nothing, and the product knows who that is.

use super::Academy;
use muster_tests::Persona;
use serde_json::json;

impl Academy {
    /// Who was added to a paid program pays nothing; who bought it, has it from the shop.
    pub(super) async fn skip_payment_for_paid_programs(&self) {
        let team = &self.team;
        let made = json!({ "name": "shop" });
        let shop = team.acme.key(&team.h, &self.olivia, &made).await;
        let invited = team.join("ines", "participant", &["autumn"]).await;
        let added = team.join("adam", "participant", &[]).await;
        let buyer = team.join("bea", "participant", &[]).await;
        let role = json!({ "role": "participant" });
        team.put(&self.amir, &team.grant(&added, "autumn"), role.clone())
            .await
            .expect(200);
        team.put(&shop.persona, &team.grant(&buyer, "autumn"), role)
            .await
            .expect(200);
        // The product asks, at the door of the program, what it asks anyway.
        let pays = async |who: &Persona| {
            let question = json!({ "subject": { "type": "user", "id": who.id() }, "action": { "name": "content:read" },
                "resource": team.on(&["autumn"])[0], "context": { "organization": team.acme.id } });
            let told = team
                .h
                .platform()
                .post(&team.h, "/access/v1/evaluation", &question)
                .await;
            let told = told.expect(200);
            assert_eq!(told.body["decision"], true, "{}", who.name());
            let source = &told.body["context"]["source"];
            match source["kind"].as_str() {
                Some("invitation" | "added" | "assigned") => source["api_key"] == json!(shop.id),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            (pays(&invited).await, pays(&added).await, pays(&buyer).await),
            (false, false, true)
        );
        // So do the administrators who look at the list.
        let row = team.row(&self.amir, invited.email()).await;
        assert_eq!(row["grants"][0]["source"]["kind"], "invitation");
        assert_eq!(row["grants"][0]["source"]["by"], self.olivia.id());
        let row = team.row(&self.amir, buyer.email()).await;
        assert_eq!(row["grants"][0]["source"]["api_key"], shop.id);
        // Who takes part by their own choice is told apart as well.
        team.put(
            &self.amir,
            &team.grant(&self.amir, "autumn"),
            json!({ "role": "participant" }),
        )
        .await
        .expect(200);
        let own = team.row(&self.amir, self.amir.email()).await;
        assert_eq!(own["grants"][0]["source"]["kind"], "self_assigned");
        team.delete(&self.amir, &team.grant(&self.amir, "autumn"))
            .await
            .expect(204);
    }
}
