//! 状态列表。

pub(super) fn of_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "status_list_bits" => "每项有 1、2、4 或 8 位。",
        "status_list_too_large" | "bitstring_too_large" => "解压后的列表最多 4 MiB。",
        "status_index_out_of_range" => "位置须在列表之内；否则无从得知状态。",
        "status_value_too_large" => "状态值须容纳于列表的位数。",
        "status_list_claims_malformed" => {
            "令牌含有 sub、iat 和 status_list；exp 和 ttl 只能是数，ttl 大于零。"
        }
        "status_list_wrong_subject" => "令牌的 sub 是凭证所指的地址。",
        "status_list_from_the_future" => "令牌在此刻之前签发。",
        "status_list_expired" => "令牌到期之后不再使用。",
        "status_list_not_zlib" => "lst 是一个 zlib 流（RFC 1950）：CBOR 中为字节，JSON 中为其 base64url。",
        "status_list_aggregation_malformed" => "汇总是 https 地址的数组，aggregation_uri 是其中之一种地址。",
        "bitstring_entry_malformed" => "状态项含有类型、用途、索引和列表的地址。",
        "bitstring_too_many_entries" => "凭证最多有八个状态项。",
        "bitstring_size" => "状态项有 1、2、4 或 8 位。",
        "bitstring_index_malformed" => "索引是写成文本的整数。",
        "bitstring_messages" => "多位的状态项须解释其每个值。",
        "bitstring_not_a_list" => "列表的凭证是关于 BitstringStatusList 的 BitstringStatusListCredential。",
        "bitstring_wrong_list" => "列表须是状态项所指的那一个。",
        "bitstring_wrong_purpose" => "列表须用于状态项的用途。",
        "bitstring_ttl_malformed" => "存活时间是大于零的数。",
        "bitstring_encoding" => "encodedList 是字母 u 加 base64url。",
        "bitstring_not_gzip" => "列表是一个 GZIP 流。",
        "bitstring_too_short" => "列表至少有 131,072 项，使每一项隐于众项之中。",
        "bitstring_index_out_of_range" => "位置须在列表之内。",
        "bitstring_value_too_large" => "状态值须容纳于状态项的位数。",
        _ => return None,
    })
}
