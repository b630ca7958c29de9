/* Baitiao embed, version 1. For the partner's page; no dependency, ES5 for old web views.

   BaiTiao.mount(element, {
     fetchSession: function () { return promise of {url: "https://…/m/e/?t=…#s=…"} },  // from your server
     onState, onCompleted, onError, onClose: function (payload) {},  // completed is a hint: ask your server
     mode: "iframe" | "redirect" | "auto",
     title: "…"                                                   // the frame's accessible name
   }) → { unmount: function () {} }

   BaiTiao.entry(element, {
     entry: {…},                                    // the answer of GET /api/v1/entry, if you have it
     fetchEntry: function () { return promise of it },  // else from your server; 2 s, then hidden
     onOpen: function (entry) {},                   // the tile was pressed: open a visit, go somewhere
     locale: "zh" | "en"
   }) → { unmount: function () {} }
   88 px high; gone when the entry is not visible and on any error. Give the element that height
   in your own style sheet, and nothing on your page moves.
*/
(function (window, document) {
  "use strict";

  var READY_WITHIN = 2000;
  var ENTRY_WITHIN = 2000;
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

  function ask(fetcher, done, fail) {
    var answer;
    try {
      answer = fetcher(done);
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
      ask(
        options.fetchSession,
        function (made) {
          window.location.href = made.url;
        },
        fail
      );
    }

    function renew() {
      ask(
        options.fetchSession,
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
      ask(options.fetchSession, start, fail);
    }
    return { unmount: unmount };
  }

  /* --- the entry tile: one button in the partner's own page ----------------------------------- */

  var TILE_HEIGHT = 88;
  var WORDS = {
    zh: {
      title: "采购白条 · 先采购后付款",
      upTo: "预计最高 ¥{amount}（以审批为准）",
      offered: "已批额度 ¥{amount}",
      available: "可用额度 ¥{amount}",
      due: "{on} 应还 ¥{amount}",
      overdue: "¥{amount} 已逾期，原应还日 {on}",
      rateFrom: "年化利率（单利）{rate}% 起",
      rate: "年化利率（单利）{rate}%"
    },
    en: {
      title: "Buy now, pay later",
      upTo: "est. up to ¥{amount} (subject to approval)",
      offered: "approved: ¥{amount}",
      available: "¥{amount} available",
      due: "¥{amount} due on {on}",
      overdue: "¥{amount} overdue since {on}",
      rateFrom: "from {rate}% a year (simple)",
      rate: "{rate}% a year (simple)"
    }
  };
  var LIMITS = { eligible: "upTo", offer: "offered", active: "available", due_soon: "available" };
  var COLORS = { due_soon: "#b45309", overdue: "#b42318" };

  function yuan(minor) {
    var text = (minor / 100).toFixed(2).replace(/\.00$/, "");
    return text.replace(/\B(?=(\d{3})+(?!\d)(?=\.|$))/g, ",");
  }

  function fill(text, facts) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) {
      return facts[name];
    });
  }

  /* What is due first, then the limit; a limit never without its rate. */
  function detail(display, words) {
    var parts = [];
    var isDue = display.state === "due_soon" || display.state === "overdue";
    var rate = display.cost_hint_rate === null ? NaN : Number(display.cost_hint_rate);
    if (isDue && display.due_on) {
      parts.push(
        fill(display.state === "overdue" ? words.overdue : words.due, {
          on: display.due_on,
          amount: yuan(display.due_minor)
        })
      );
    } else if (LIMITS[display.state] && display.limit_hint_minor > 0 && !isNaN(rate)) {
      parts.push(fill(words[LIMITS[display.state]], { amount: yuan(display.limit_hint_minor) }));
      parts.push(
        fill(display.state === "eligible" ? words.rateFrom : words.rate, {
          rate: String(Math.round(rate * 1000000) / 10000)
        })
      );
    }
    return parts.join(" · ");
  }

  function line(text, css) {
    var found = document.createElement("span");
    found.style.cssText = "display:block;overflow:hidden;text-overflow:ellipsis;" + css;
    found.appendChild(document.createTextNode(text));
    return found;
  }

  function tile(found, words, open) {
    var display = found.display;
    var color = COLORS[display.state] || "#0f766e";
    var button = document.createElement("button");
    button.type = "button";
    button.style.cssText =
      "display:flex;align-items:center;box-sizing:border-box;width:100%;height:" + TILE_HEIGHT +
      "px;margin:0;padding:8px 12px;border:1px solid #d0d5dd;border-left:4px solid " + color +
      ";border-radius:8px;background:#fff;color:#101828;font:inherit;text-align:left;cursor:pointer";
    var text = document.createElement("span");
    text.style.cssText = "flex:1;min-width:0";
    text.appendChild(line(words.title, "font-weight:600;white-space:nowrap"));
    text.appendChild(
      line(detail(display, words), "font-size:13px;line-height:1.4;max-height:2.8em;color:#475467")
    );
    button.appendChild(text);
    button.appendChild(
      line(display.cta, "flex:none;margin-left:12px;font-weight:600;color:" + color)
    );
    button.onclick = function () {
      call(open, found);
    };
    return button;
  }

  function entry(element, options) {
    var words = WORDS[options.locale === "en" ? "en" : "zh"];
    var timer = null;
    var isOver = false;

    function hide() {
      isOver = true;
      window.clearTimeout(timer);
      while (element.firstChild) element.removeChild(element.firstChild);
      element.style.height = "0";
      element.style.display = "none";
    }

    function show(found) {
      if (isOver) return;
      window.clearTimeout(timer);
      try {
        if (found.visible !== true) hide();
        else element.appendChild(tile(found, words, options.onOpen));
      } catch (error) {
        hide();
      }
    }

    element.style.height = TILE_HEIGHT + "px";
    element.style.overflow = "hidden";
    if (options.entry) {
      show(options.entry);
    } else {
      timer = window.setTimeout(hide, ENTRY_WITHIN);
      ask(options.fetchEntry, show, hide);
    }
    return { unmount: hide };
  }

  window.BaiTiao = { version: 1, mount: mount, entry: entry };
})(window, document);
