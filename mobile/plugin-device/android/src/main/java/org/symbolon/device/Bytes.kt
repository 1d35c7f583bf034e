// Bytes in messages: base64url without padding.
package org.symbolon.device

import java.util.Base64

internal fun text(bytes: ByteArray): String = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)

internal fun bytes(text: String): ByteArray = Base64.getUrlDecoder().decode(text)
