// A file that the phone's owner keeps: the system's own dialog asks where, so the app needs no permission for anything.
package org.symbolon.device

import android.content.Context
import android.content.Intent
import android.net.Uri
import java.io.IOException

internal object Files {
    fun askForPlace(name: String): Intent =
        Intent(Intent.ACTION_CREATE_DOCUMENT)
            .addCategory(Intent.CATEGORY_OPENABLE)
            .setType("application/octet-stream")
            .putExtra(Intent.EXTRA_TITLE, name)

    /** Whatever stood there before is gone. */
    fun write(context: Context, place: Uri, content: ByteArray) {
        val stream = context.contentResolver.openOutputStream(place, "wt") ?: throw IOException()
        stream.use { it.write(content) }
    }
}
