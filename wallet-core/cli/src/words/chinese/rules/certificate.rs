//! 证书及证书链。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "certificate_malformed" => "证书链由 base64 编码的 DER 证书组成，末端证书在前。",
        "certificate_chain_length" => "证书链有一至四份证书。",
        "certificate_too_large" => "证书最多 8 KiB。",
        "certificate_extension_repeated" => "扩展不得重复。",
        "certificate_key_not_allowed" => "证书的密钥是 P-256 或 Ed25519。",
        "certificate_critical_extension" => "含有无法理解的关键扩展的证书不予接受。",
        "certificate_constrained" => "此处不检查名称与策略的限制，因此设有这类限制的证书不予接受。",
        "certificate_algorithm_not_allowed" => "证书以 ECDSA 与 SHA-256 或以 Ed25519 签名。",
        "certificate_outside_validity" => "时间须在每份证书的有效期之内。",
        "certificate_wrong_issuer_name" => "每份证书的签发者名称与下一份的名称相同。",
        "certificate_invalid_signature" => "每份证书由下一份签名。",
        "certificate_untrusted" => "最后一份证书由受信任的锚签名。",
        "certificate_issuer_not_authority" => "末端证书之上的每份证书都属于证书机构。",
        "certificate_issuer_may_not_sign" => "末端证书之上的每个密钥都可以签发证书。",
        "certificate_path_too_long" => "一份证书之下的机构数不得超过其所允许的数目。",
        "certificate_leaf_is_authority" => "末端证书不属于证书机构。",
        "certificate_leaf_self_issued" => "末端证书不是自己签发的。",
        "certificate_may_not_sign" => "末端证书的密钥可以签署数据。",
        "certificate_chain_carries_anchor" => "消息所带的证书链中不含信任锚。",
        "document_signer_not_direct" => "证件签署者直接位于只签发末端证书的机构之下。",
        "certificate_key_usage_missing" => "证件签署者和机构都注明其密钥可签署什么。",
        "certificate_not_for_documents" => "证书用于签署移动证件（扩展密钥用途）。",
        "certificate_country_mismatch" => "证书与其机构属于同一国家。",
        "certificate_outlives_issuer" => "证书的有效期在其机构的有效期之内。",
        _ => return None,
    })
}
