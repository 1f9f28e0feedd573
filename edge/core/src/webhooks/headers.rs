//! The headers of a delivery.

use api::{DeliveryId, Timestamp};

use super::signing::seconds;

/// The headers of an attempt that began at `at`, apart from the signature.
pub(crate) fn headers(id: &DeliveryId, at: Timestamp) -> [(&'static str, String); 4] {
    [
        ("content-type", "application/json".to_owned()),
        ("user-agent", crate::USER_AGENT.to_owned()),
        ("webhook-id", id.to_string()),
        ("webhook-timestamp", seconds(at).to_string()),
    ]
}
