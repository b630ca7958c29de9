/* Baitiao embed, version 1. For the partner's page; no dependency, ES5 for old web views.

   BaiTiao.mount(element, {
     fetchSession: function () { return promise of {url: "https://…/m/e/?t=…#s=…"} },  // from your server
     onState, onCompleted, onError, onClose: function (payload) {},  // completed is a hint: ask your server
     mode: "iframe" | "redirect" | "auto",
     title: "…"                                                   // the frame's accessible name
   }) → { unmount: function () {} }
*/
(function (window, document) {
  "use strict";

  var READY_WITHIN = 8000;
  var APPS = /MicroMessenger|AlipayClient|QQ\//i;

  function originOf(url) {
    var link = document.createElement("a");
    link.href = url;
    var port = link.port && link.port !== "80" && link.port !== "443" ? ":" + link.port : "";
    return link.protocol + "//" + link.hostname + port;
  }

  function call(handler, payload) {
    if (typeof handler === "function") handler(payload);
  }

  function fetchSession(options, done, fail) {
    var answer;
    try {
      answer = options.fetchSession(done);
    } catch (error) {
      fail(error);
      return;
    }
    if (answer && typeof answer.then === "function") answer.then(done, fail);
    else if (answer) done(answer);
  }

  function mount(element, options) {
    var mode = options.mode || "auto";
    var frame = null;
    var origin = null;
    var session = null;
    var timer = null;
    var isOver = false;

    function fail(error) {
      var message = error && error.message ? error.message : String(error);
      call(options.onError, { code: "session_unavailable", message: message, retryable: true });
    }

    function post(type, payload) {
      if (!frame || !frame.contentWindow || !origin) return;
      frame.contentWindow.postMessage(
        { bt: 1, id: String(new Date().getTime()), session: session, type: type, payload: payload || {} },
        origin
      );
    }

    function redirect() {
      unmount();
      fetchSession(
        options,
        function (made) {
          window.location.href = made.url;
        },
        fail
      );
    }

    function renew() {
      fetchSession(
        options,
        function (made) {
          post("session", { url: made.url });
        },
        fail
      );
    }

    function receive(event) {
      var message = event.data;
      if (isOver || !frame || event.source !== frame.contentWindow || event.origin !== origin) return;
      if (!message || message.bt !== 1) return;
      session = message.session || session;
      var payload = message.payload || {};
      switch (message.type) {
        case "ready":
          window.clearTimeout(timer);
          init();
          break;
        case "resize":
          if (payload.height > 0) frame.style.height = Math.min(Number(payload.height), 20000) + "px";
          break;
        case "page_shown":
          reveal();
          break;
        case "needs_session":
          renew();
          break;
        case "state_changed":
          call(options.onState, payload);
          break;
        case "completed":
          call(options.onCompleted, payload);
          break;
        case "error":
          call(options.onError, payload);
          break;
        case "close":
          call(options.onClose, payload);
          break;
        default:
      }
    }

    /* A new page begins at its top, also when the frame is as long as its content. */
    function reveal() {
      var top = frame.getBoundingClientRect().top;
      if (top < 0) window.scrollBy(0, top - 8);
    }

    function init() {
      post("init", { viewport: { width: window.innerWidth, height: window.innerHeight } });
    }

    function start(made) {
      if (isOver) return;
      origin = originOf(made.url);
      frame = document.createElement("iframe");
      frame.title = options.title || "采购白条";
      frame.setAttribute("allow", "clipboard-write");
      frame.setAttribute("referrerpolicy", "no-referrer");
      frame.style.cssText = "display:block;width:100%;height:640px;border:0";
      frame.onload = init;
      frame.src = made.url;
      element.appendChild(frame);
      if (mode === "auto") timer = window.setTimeout(redirect, READY_WITHIN);
    }

    function unmount() {
      isOver = true;
      window.clearTimeout(timer);
      post("destroy");
      window.removeEventListener("message", receive);
      if (frame && frame.parentNode) frame.parentNode.removeChild(frame);
      frame = null;
    }

    if (mode === "redirect" || (mode === "auto" && APPS.test(window.navigator.userAgent))) {
      redirect();
    } else {
      window.addEventListener("message", receive);
      fetchSession(options, start, fail);
    }
    return { unmount: unmount };
  }

  window.BaiTiao = { version: 1, mount: mount };
})(window, document);
