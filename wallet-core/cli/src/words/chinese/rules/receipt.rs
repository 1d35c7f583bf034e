//! 回执及其路径。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "receipt_path_too_long" => "回执的路径最多 32 个哈希值。",
        "receipt_salt_wrong" => "叶是一个零字节、回执的盐值和回执的 SHA-256 三者的 SHA-256。",
        "receipt_path_wrong" => "沿途的哈希值从叶通向登记册中的根。",
        "receipt_says_otherwise" => "每条记录所写的签名方、机构、用途和时段与其回执一致。",
        "receipt_proof_wrong" => "登记册的证明含有该签名方该时段回执的根。",
        _ => return None,
    })
}
