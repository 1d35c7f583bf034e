//! The lens on tokens in another language: what people read is in it, what scripts read is not.

use crate::{Folder, hex, vectors, wallet};

fn in_chinese(arguments: &[&str]) -> (String, String) {
    let output = wallet().env("LANG", "zh_CN.UTF-8").args(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn response(folder: &Folder) -> Option<String> {
    let vectors = vectors("mdoc-iso18013-5/multipaz/TestVectors.json")?;
    let digits = vectors["ISO_18013_5_ANNEX_D_DEVICE_RESPONSE"].as_str().unwrap();
    Some(folder.file("response.cbor", hex(digits)))
}

#[test]
fn what_something_is_and_each_check_is_said_in_chinese() {
    let folder = Folder::new("languages-inspect");
    let Some(response) = response(&folder) else { return };
    let (said, _) = in_chinese(&["inspect", &response]);
    assert!(said.starts_with("这是设备出示卡的应答（mdoc，DeviceResponse）。"), "{said}");
    let checks = said.split("检查：\n").nth(1).unwrap();
    assert!(checks.contains("  未通过  日期 (expired)\n"), "{checks}");
    assert!(
        checks.contains("规则：证件在 validUntil 之后不予接受。（ISO/IEC 18013-5 section 9.3.1）"),
        "{checks}"
    );
    assert!(checks.contains("  未检查  证书：这由信任锚决定，此处没有指明\n"), "{checks}");
    assert!(said.contains("签名者为：C=US,CN=utopia ds 的证书") || said.contains("的证书，由"), "{said}");
    for line in checks.lines() {
        assert!(!line.is_ascii(), "{line}");
    }
}

#[test]
fn a_refusal_is_said_in_chinese_and_keeps_its_code() {
    let folder = Folder::new("languages-verify");
    let Some(response) = response(&folder) else { return };
    let key = folder.file(
        "key.jwk",
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    );
    let verify = ["verify", &response, "--profile", "mdoc", "--issuer-jwk", &key];
    let session = ["--aud", "a", "--nonce", "n", "--response-uri", "https://a.example/"];
    let (_, said) = in_chinese(&[&verify[..], &session].concat());
    assert!(
        said.contains("签名须出自证书的密钥。") && said.contains("请勿信赖。 (mdoc_wrong_issuer_key)"),
        "{said}"
    );
    let (_, json) = in_chinese(&[&verify[..], &session, &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["code"], "mdoc_wrong_issuer_key");
    assert!(json["checks"].as_array().unwrap().iter().any(|check| check["check"] == "signature"));
}

#[test]
fn wrong_usage_is_said_in_chinese() {
    let folder = Folder::new("languages-usage");
    let Some(response) = response(&folder) else { return };
    let key = folder.file(
        "key.jwk",
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    );
    let (_, said) = in_chinese(&["verify", &response, "--profile", "mdoc", "--issuer-jwk", &key]);
    assert!(said.contains("设备只应答一个会话，但没有指明。"), "{said}");
}
