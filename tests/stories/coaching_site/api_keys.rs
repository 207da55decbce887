//! The part of the text about API keys.

use super::Site;
use crate::team::{member, texts};
use muster_tests::api_keys::verify;
use serde_json::json;

impl Site {
    /// Named, read-only, for some collections, and shown once.
    pub(super) async fn api_keys(&self) -> String {
        let team = &self.team;
        let keys = format!("{}/api-keys", member(&self.ingo));
        let body = json!({ "name": "Course calendar", "read_only": true, "resources": team.on(&["advanced"]) });
        team.post(&self.edna, &keys, body.clone())
            .await
            .problem(403, "forbidden");
        let made = team.post(&self.adam, &keys, body).await.expect(201);
        let secret = made.text("/secret");
        let listed = team.get(&self.adam, &keys).await.expect(200);
        assert_eq!(listed.body["items"], json!([made.lasting()]), "never the secret again");

        // It reads, and does not change.
        let key = self.ingo.through(&secret);
        assert_eq!(team.sees(&key).await, ["advanced"]);
        team.delete(&key, &team.grant(&self.ingo, "advanced"))
            .await
            .problem(403, "read-only-key");
        // And it opens that one collection, though its owner has another.
        for (action, collection, expected) in [
            ("pages:read", "advanced", true),
            ("pages:write", "advanced", false),
            ("pages:read", "retreat", false),
        ] {
            let on = &team.on(&[collection])[0];
            let asked = json!({ "action": action, "resource": on });
            let told = verify(&team.h, &secret, &asked).await.expect(200);
            assert_eq!(told.body["allowed"], expected, "{action} {collection}");
        }
        // The same in the instructor's own hand writes where they may.
        let own = team
            .post(&self.ingo, "/members/me/api-keys", json!({ "name": "My editor" }))
            .await
            .expect(201);
        let asked = json!({ "action": "pages:write", "resource": team.on(&["retreat"])[0] });
        let told = verify(&team.h, &own.text("/secret"), &asked).await.expect(200);
        assert_eq!(told.body["allowed"], true);
        secret
    }

    /// Found by its name, and dead from then on.
    pub(super) async fn revoking_api_keys(&self, secret: &str) {
        let team = &self.team;
        let keys = format!("{}/api-keys", member(&self.ingo));
        let listed = team.get(&self.adam, &keys).await.expect(200);
        let rows = listed.body["items"].as_array().unwrap();
        let row = rows.iter().find(|key| key["name"] == "Course calendar").unwrap();
        let path = format!("{keys}/{}", row["id"].as_str().unwrap());
        team.delete(&self.adam, &path).await.expect(204);
        let told = verify(&team.h, secret, &json!({})).await.expect(200);
        assert_eq!(told.body["code"], "revoked");
        team.get(&self.ingo.through(secret), "/resources")
            .await
            .problem(401, "unauthorized");
        let listed = team.get(&self.adam, &keys).await.expect(200);
        assert_eq!(texts(&listed.body["items"], "name"), ["My editor"]);
    }
}
