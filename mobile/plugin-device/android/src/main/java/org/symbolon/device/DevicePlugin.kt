// What the core can ask of an Android phone. Each command reads its message, does one thing, and answers; whatever is
// thrown on the way becomes a reason, and nothing that an exception says leaves this file.
package org.symbolon.device

import android.app.Activity
import android.webkit.WebView
import androidx.activity.result.ActivityResult
import app.tauri.annotation.ActivityCallback
import app.tauri.annotation.Command
import app.tauri.annotation.TauriPlugin
import app.tauri.plugin.Invoke
import app.tauri.plugin.JSArray
import app.tauri.plugin.JSObject
import app.tauri.plugin.Plugin
import java.util.concurrent.Executors

@TauriPlugin
class DevicePlugin(private val activity: Activity) : Plugin(activity) {
    /** Off the thread that draws: hardware takes its time, and its owner takes longer. */
    private val work = Executors.newCachedThreadPool()
    private val screen = Screen(activity)
    private val device = DeviceKey(activity)

    init {
        screen.guard()
    }

    override fun load(webView: WebView) = screen.watchInsets(webView)

    @Command
    fun makeDeviceKey(invoke: Invoke) = answer(invoke) { asked ->
        device.make(asked.getBoolean("hardware"))
        JSObject()
    }

    @Command
    fun mix(invoke: Invoke) = answer(invoke) { asked ->
        val output = device.mix(bytes(asked.getString("input")), asked.getBoolean("hardware"))
        JSObject().put("output", text(output))
    }

    @Command
    fun makeKey(invoke: Invoke) = answer(invoke) { asked ->
        val made = SigningKeys.make(purpose(asked), asked.getBoolean("hardware"))
        JSObject().put("handle", made.handle).put("public", text(made.public))
    }

    @Command
    fun publicKey(invoke: Invoke) = answer(invoke) { asked ->
        val handle = asked.getString("handle")
        JSObject().put("handle", handle).put("public", text(SigningKeys.public(purpose(asked), handle)))
    }

    @Command
    fun sign(invoke: Invoke) = answer(invoke) { asked ->
        val signature = SigningKeys.sign(purpose(asked), asked.getString("handle"), bytes(asked.getString("message")))
        JSObject().put("signature", text(signature))
    }

    @Command
    fun destroyKey(invoke: Invoke) = answer(invoke) { asked ->
        SigningKeys.destroy(purpose(asked), asked.getString("handle"))
        JSObject()
    }

    @Command
    fun counts(invoke: Invoke) = answer(invoke) {
        JSObject()
            .put("guesses", Counters.read(Counter.GUESSES))
            .put("right", Counters.read(Counter.RIGHT))
            .put("state", Counters.read(Counter.STATE))
    }

    @Command
    fun advance(invoke: Invoke) = answer(invoke) { asked ->
        Counters.advance(Counter.named(asked.getString("counter")), asked.getLong("to"))
        JSObject()
    }

    @Command
    fun destroy(invoke: Invoke) = answer(invoke) {
        device.destroy()
        SigningKeys.destroyAll()
        JSObject()
    }

    @Command
    fun attest(invoke: Invoke) = answer(invoke) { asked ->
        val chain = JSArray()
        Attestation.chain(bytes(asked.getString("challenge"))).forEach { chain.put(text(it)) }
        JSObject().put("chain", chain as Any)
    }

    @Command
    fun owner(invoke: Invoke) = answer(invoke) {
        JSObject().put("confirms", device.isConfirmed()).put("lock", device.hasLock())
    }

    @Command
    fun bright(invoke: Invoke) = answer(invoke) { asked ->
        screen.bright(asked.getBoolean("on"))
        JSObject()
    }

    @Command
    fun insets(invoke: Invoke) = answer(invoke) {
        screen.tellInsets()
        JSObject()
    }

    /** The system's dialog asks where; [placeChosen] writes. */
    @Command
    fun saveFile(invoke: Invoke) = activity.runOnUiThread {
        try {
            startActivityForResult(invoke, Files.askForPlace(invoke.getArgs().getString("name")), "placeChosen")
        } catch (failure: Throwable) {
            invoke.reject("failed", Refusal.of(failure).code)
        }
    }

    @ActivityCallback
    fun placeChosen(invoke: Invoke, chosen: ActivityResult) = answer(invoke) { asked ->
        val place = chosen.data?.data.takeIf { chosen.resultCode == Activity.RESULT_OK }
        place?.let { Files.write(activity, it, bytes(asked.getString("bytes"))) }
        JSObject().put("saved", place != null)
    }

    private fun answer(invoke: Invoke, command: (JSObject) -> JSObject) {
        work.execute {
            try {
                invoke.resolve(command(invoke.getArgs()))
            } catch (refusal: Refusal) {
                invoke.reject(refusal.code, refusal.code)
            } catch (failure: Throwable) {
                invoke.reject("failed", Refusal.of(failure).code)
            }
        }
    }

    private fun purpose(asked: JSObject) = Purpose.named(asked.getString("purpose"))
}
