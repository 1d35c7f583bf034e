// The app's one window. It is guarded before anything is drawn in it; the device plugin says so once more.
package org.symbolon.wallet

import android.os.Bundle
import android.view.WindowManager.LayoutParams
import androidx.activity.enableEdgeToEdge

class MainActivity : TauriActivity() {
  override fun onCreate(savedInstanceState: Bundle?) {
    window.setFlags(LayoutParams.FLAG_SECURE, LayoutParams.FLAG_SECURE)
    enableEdgeToEdge()
    super.onCreate(savedInstanceState)
  }
}
