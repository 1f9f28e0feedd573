//! HMAC-SHA-256 by the `hmac` crate.

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

use crate::ports::{Mac, MacFailure};

/// The native implementation of [`Mac`]. The Worker's is `WebCrypto`; both are held to `webhooks::self_check`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeMac;

impl Mac for NativeMac {
    async fn hmac_sha256(&self, key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| MacFailure)?;
        mac.update(message);
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    fn hexadecimal(bytes: &[u8]) -> String {
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
    }

    #[test]
    fn it_gives_the_published_results() {
        // RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
        let published: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in published {
            let signed = block_on(NativeMac.hmac_sha256(key, message)).expect("signed");
            assert_eq!(hexadecimal(&signed), expected);
        }
    }
}
