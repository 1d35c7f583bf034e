// The screen: nobody takes a picture of it, the page learns what the system covers of it, and a code is shown brightly.
package org.symbolon.device

import android.app.Activity
import android.os.Build
import android.view.WindowInsets
import android.view.WindowManager.LayoutParams
import android.webkit.WebView
import java.util.Locale

internal class Screen(private val activity: Activity) {
    private var page: WebView? = null

    /** No screenshots, no recordings, nothing in the list of recent apps, nothing on other screens. */
    fun guard() = activity.runOnUiThread {
        activity.window.setFlags(LayoutParams.FLAG_SECURE, LayoutParams.FLAG_SECURE)
    }

    fun watchInsets(webView: WebView) {
        page = webView
        webView.setOnApplyWindowInsetsListener { view, insets ->
            tell(webView, insets)
            view.onApplyWindowInsets(insets)
        }
        webView.requestApplyInsets()
    }

    /** A page that was loaded anew knows nothing. */
    fun tellInsets() = activity.runOnUiThread { page?.requestApplyInsets() }

    fun bright(on: Boolean) = activity.runOnUiThread {
        val window = activity.window
        val look = window.attributes
        look.screenBrightness = if (on) LayoutParams.BRIGHTNESS_OVERRIDE_FULL else LayoutParams.BRIGHTNESS_OVERRIDE_NONE
        window.attributes = look
        if (on) window.addFlags(LayoutParams.FLAG_KEEP_SCREEN_ON) else window.clearFlags(LayoutParams.FLAG_KEEP_SCREEN_ON)
    }

    /** As `--android-inset-top` and `-bottom`, in the page's own pixels: older web views do not say it themselves. */
    private fun tell(webView: WebView, insets: WindowInsets) {
        val (top, bottom) = covered(insets)
        val density = webView.resources.displayMetrics.density
        val set = { side: String, pixels: Int ->
            val length = String.format(Locale.ROOT, "%.2fpx", pixels / density)
            "document.documentElement.style.setProperty('--android-inset-$side','$length');"
        }
        webView.evaluateJavascript(set("top", top) + set("bottom", bottom), null)
    }

    private fun covered(insets: WindowInsets): Pair<Int, Int> =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            val covered = insets.getInsets(WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout())
            Pair(covered.top, covered.bottom)
        } else {
            @Suppress("DEPRECATION")
            Pair(insets.systemWindowInsetTop, insets.systemWindowInsetBottom)
        }
}
