//! What changes of people write.

use crate::cases::Bench;

pub(crate) async fn writes(_bench: &Bench<'_>) -> String {
    String::new()
}
