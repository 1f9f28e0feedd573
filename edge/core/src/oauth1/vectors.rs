//! A published signature, public data, and a check that holds an implementation of [`Rsa`] to it.
//!
//! Source: the RSA-SHA1 case of the OAuth 1.0 community's test cases (wiki.oauth.net/TestCases). The key was published
//! with it and protects nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::rsa::{PrivateKey, Rsa, RsaFailure};

const PRIVATE_KEY: &str = "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALRiMLAh9iimur8VA7qVvdqxevEuUkW4K+2KdMXm\
    nQbG9Aa7k7eBjK1S+0LYmVjPKlJGNXHDGuy5Fw/d7rjVJ0BLB+ubPK8iA/Tw3hLQgXMRRGRXXCn8ikfuQfjUS1uZSatdLB81mydBETlJhI6GH4twrbDJ\
    CR2Bwy/XWXgqgGRzAgMBAAECgYBYWVtleUzavkbrPjy0T5FMou8HX9u2AC2ry8vD/l7cqedtwMPp9k7TubgNFo+NGvKsl2ynyprOZR1xjQ7WgrgVB+mm\
    uScOM/5HVceFuGRDhYTCObE+y1kxRloNYXnx3ei1zbeYLPCHdhxRYW7T0qcynNmwrn05/KO2RLjgQNalsQJBANeA3Q4Nugqy4QBUCEC09SqylT2K9Frr\
    ItqL2QKc9v0ZzO2uwllCbg0dwpVuYPYXYvikNHHg+aCWF+VXsb9rpPsCQQDWR9TT4ORdzoj+NccnqkMsDmzt0EfNaAOwHOmVJ2RVBspPcxt5iN4HI7HN\
    eG6U5YsFBb+/GZbgfBT3kpNGWPTpAkBI+gFhjfJvRw38n3g/+UeAkwMI2TJQS4n8+hid0uus3/zOjDySH3XHCUnocn1xOJAyZODBo47E+67R4jV1/gzb\
    AkEAklJaspRPXP877NssM5nAZMU0/O/NGCZ+3jPgDUno6WbJn5cqm8MqWhW1xGkImgRk+fkDBquiq4gPiT898jusgQJAd5Zrr6Q8AO/0isr/3aa6O6NL\
    QxISLKcPDk2NOccAfS/xOtfOz4sJYM3+Bs4Io9+dZGSDCA54Lw03eHTNQghS0A==";

const BASE_STRING: &str = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacaction.jpg%26oauth_consumer_key\
    %3Ddpf43f3p2l4k3l03%26oauth_nonce%3D13917289812797014437%26oauth_signature_method%3DRSA-SHA1%26oauth_timestamp\
    %3D1196666512%26oauth_version%3D1.0%26size%3Doriginal";

const SIGNATURE: &str = "jvTp/wX1TYtByB1m+Pbyo0lnCOLIsyGCH7wke8AUs3BpnwZJtAuEJkvQL2/9n4s5wUmUl4aCI4BwpraNx4RtEXMe5qg5T1LVTGli\
    MRpKasKsW//e+RinhejgCuzoH26dyF8iY2ZZ/5D1ilgeijhV/vBka5twt399mXwaYdCwFYE=";

/// Holds `rsa` to the published signature.
pub async fn self_check(rsa: &impl Rsa) -> Result<(), RsaFailure> {
    let key = PrivateKey::from_pkcs8(STANDARD.decode(PRIVATE_KEY).map_err(|_| RsaFailure)?);
    let signature = rsa.sign_sha1(&key, BASE_STRING.as_bytes()).await?;
    if STANDARD.encode(signature) == SIGNATURE { Ok(()) } else { Err(RsaFailure) }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use url::Url;

    use super::*;
    use crate::{
        fakes::NativeRsa,
        oauth1::{KeyPair, base_string},
    };

    #[test]
    fn the_native_implementation_holds_to_the_published_signature() {
        assert_eq!(block_on(self_check(&NativeRsa::default())), Ok(()));
    }

    #[test]
    fn the_published_base_string_is_the_one_that_is_computed() {
        let url = Url::parse("http://photos.example.net/photos?file=vacaction.jpg&size=original").expect("an address");
        let protocol = [
            ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
            ("oauth_signature_method", "RSA-SHA1"),
            ("oauth_version", "1.0"),
            ("oauth_timestamp", "1196666512"),
            ("oauth_nonce", "13917289812797014437"),
        ];
        assert_eq!(base_string("get", &url, None, &protocol).as_deref(), Ok(BASE_STRING));
    }

    struct Another;

    impl Rsa for Another {
        async fn generate(&self) -> Result<KeyPair, RsaFailure> {
            Err(RsaFailure)
        }

        async fn sign_sha1(&self, _: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
            Ok(message.to_vec())
        }
    }

    #[test]
    fn something_else_is_noticed() {
        assert_eq!(block_on(self_check(&Another)), Err(RsaFailure));
    }
}
