/* The shell of the merchant pages: one token in memory, fragments swapped into <main>.
   Nothing is kept in cookies or storage; the page address after # says where to come back to. */
(() => {
  "use strict";

  const body = document.body;
  const main = document.getElementById("bt-main");
  const said = document.getElementById("bt-said");
  const bar = document.getElementById("bt-bar");
  const notice = document.getElementById("bt-notice");
  const back = document.getElementById("bt-back");
  const allWords = JSON.parse(document.getElementById("bt-words").textContent);
  const allowed = JSON.parse(body.dataset.origins);
  const framed = window.parent !== window;

  const POLL_FIRST = 3000;
  const POLL_LAST = 15000;
  const POLL_UNTIL = 180000;
  const SLOW_AFTER = 4000;
  const SESSION_WAIT = 8000;

  let words = allWords[body.dataset.locale];
  let token = null;
  let visit = null;
  let host = null;
  let here = null;
  let depth = 0;
  let loads = 0;
  let timers = [];
  let renewal = null;
  let handOver = null;
  let keeping = null;

  if (framed) document.documentElement.classList.add("is-framed");

  const later = (work, wait) => timers.push(window.setTimeout(work, wait));
  const quiet = () => {
    timers.forEach(window.clearTimeout);
    timers = [];
  };
  const say = (text) => {
    said.textContent = text;
  };

  // --- The host page -----------------------------------------------------------------------------

  const tell = (type, payload) => {
    if (!framed || !host) return;
    const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    const session = visit ? visit.session : null;
    window.parent.postMessage({ bt: 1, id, session, type, payload: payload || {} }, host);
  };

  const meet = (origin) => {
    if (host || allowed.indexOf(origin) < 0) return;
    host = origin;
    tell("ready", { version: 1, component: visit ? visit.component : null, supports: ["session"] });
    measure();
  };

  window.addEventListener("message", (event) => {
    if (!framed || event.source !== window.parent || allowed.indexOf(event.origin) < 0) return;
    const message = event.data;
    if (!message || message.bt !== 1 || (host && event.origin !== host)) return;
    if (message.type === "init") meet(event.origin);
    if (message.type === "session" && handOver) handOver(secretOf(message.payload));
    if (message.type === "destroy") {
      token = null;
      quiet();
      main.replaceChildren();
    }
  });

  const secretOf = (payload) => {
    const text = (payload && (payload.client_secret || payload.url)) || "";
    const match = /(?:#|&)s=([^&]+)/.exec(text);
    return match ? match[1] : text;
  };

  let measured = 0;
  let measuring = false;
  const measure = () => {
    if (!host || measuring) return;
    measuring = true;
    window.requestAnimationFrame(() => {
      measuring = false;
      const height = Math.ceil(document.querySelector(".bt-frame").getBoundingClientRect().height);
      if (height === measured) return;
      measured = height;
      tell("resize", { height });
    });
  };
  if (window.ResizeObserver) {
    new window.ResizeObserver(measure).observe(document.querySelector(".bt-frame"));
  }

  // --- The session -------------------------------------------------------------------------------

  const redeem = async (secret) => {
    const response = await fetch(body.dataset.exchange, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ secret }),
      credentials: "omit",
    });
    if (!response.ok) return false;
    visit = await response.json();
    token = visit.token;
    words = allWords[visit.locale] || words;
    document.documentElement.lang = visit.locale === "en" ? "en" : "zh-Hans";
    if (visit.origin) meet(visit.origin);
    return true;
  };

  /* Ask the host for a fresh session; true when there is one. */
  const renew = () => {
    if (renewal) return renewal;
    renewal = new Promise((resolve) => {
      token = null;
      if (!framed || !host) {
        resolve(false);
        return;
      }
      say(words.renewing);
      const wait = window.setTimeout(() => resolve(false), SESSION_WAIT);
      handOver = async (secret) => {
        window.clearTimeout(wait);
        handOver = null;
        resolve(await redeem(secret).catch(() => false));
      };
      tell("needs_session");
    });
    renewal.then(() => {
      renewal = null;
    });
    return renewal;
  };

  // --- Fetching ----------------------------------------------------------------------------------

  const ask = async (path, fields, isRepeated) => {
    const options = { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" };
    if (fields) {
      options.method = "POST";
      options.body = fields.get("file") instanceof Blob ? fields : new URLSearchParams(fields);
    }
    const response = await fetch(path, options);
    const isOver = response.status === 401 || response.status === 410;
    if (isOver && !isRepeated && (await renew())) return ask(path, fields, true);
    return response;
  };

  /* A link cannot carry the token: the file is fetched with it and handed to the browser. */
  const fetchFile = async (path, name) => {
    hush();
    try {
      const response = await ask(path);
      if (!response.ok) {
        const problem = await problemOf(response);
        warn(problem.detail || words.trouble, problem.request_id);
        return;
      }
      const link = document.createElement("a");
      link.href = window.URL.createObjectURL(await response.blob());
      link.download = name;
      link.click();
      window.setTimeout(() => window.URL.revokeObjectURL(link.href), 60000);
      say(name);
    } catch (error) {
      warn(words.offline, "");
    }
  };

  const problemOf = async (response) => {
    const type = response.headers.get("Content-Type") || "";
    const problem = type.indexOf("problem+json") >= 0 ? await response.json() : {};
    problem.request_id = problem.request_id || response.headers.get("BT-Request-Id") || "";
    return problem;
  };

  const open = async (path, { keep = false, focus = true } = {}) => {
    quiet();
    loads += 1;
    const load = loads;
    hush();
    main.setAttribute("aria-busy", "true");
    const slow = window.setTimeout(() => say(words.slow), SLOW_AFTER);
    try {
      const response = await ask(path);
      if (load !== loads) return;
      await take(response, path, { keep, focus });
    } catch (error) {
      if (load === loads) stop(words.offline_title, words.offline, "", path);
    } finally {
      window.clearTimeout(slow);
      if (load === loads) main.removeAttribute("aria-busy");
    }
  };

  const take = async (response, path, how) => {
    const next = response.headers.get("BT-Go");
    if (next) {
      await open(next, { keep: how.keep, focus: true });
      return;
    }
    if (response.ok) {
      show(await response.text(), path, how);
      return;
    }
    const problem = await problemOf(response);
    if (response.status === 401 || response.status === 410) {
      stop(words.session_title, words.session, problem.request_id, null);
    } else {
      stop(words.trouble_title, problem.detail || words.trouble, problem.request_id, path);
    }
    tell("error", {
      code: problem.code || "unavailable",
      message: problem.detail || words.trouble,
      retryable: response.status >= 500,
    });
  };

  const show = (html, path, { keep, focus }) => {
    const page = fragment(html);
    if (!keep && here !== path) {
      const first = here === null;
      if (!first) depth += 1;
      window.history[first ? "replaceState" : "pushState"]({ path, depth }, "", `#p=${path}`);
    }
    here = path;
    main.replaceChildren(...page.childNodes);
    back.hidden = depth === 0;
    settle(focus);
  };

  const fragment = (html) => {
    const box = document.createElement("template");
    box.innerHTML = html;
    return box.content;
  };

  const settle = (focus) => {
    const page = main.querySelector(".bt-page");
    if (!page) return;
    const title = (page.dataset.title || "").trim();
    document.title = title;
    say(title);
    const heading = page.querySelector("h1");
    if (heading && focus) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      window.scrollTo(0, 0);
      tell("page_shown", { title });
    }
    report(page.dataset);
    document.querySelectorAll("[data-pull]").forEach((place) => {
      if (focus || page.contains(place)) pull(place);
    });
    if (page.dataset.poll) poll(page);
    const signer = page.querySelector("[data-read]");
    if (signer) readFirst(signer, page);
    measure();
  };

  /* A part that another page owns, such as the dot of unread messages: fetched after the page, and
     where it has nothing to say or does not come, the page stands without it. */
  const pull = async (place) => {
    try {
      const response = await ask(place.dataset.pull);
      const said = response.status === 200 ? await response.text() : "";
      place.replaceChildren(...fragment(said).childNodes);
      place.hidden = !said.trim();
    } catch (error) {
      place.replaceChildren();
    }
    measure();
  };

  const report = (facts) => {
    if (facts.status) {
      tell("state_changed", {
        resource: facts.resource,
        status: facts.status,
        section: facts.section,
        next_action: { actor: facts.actor || null, code: facts.code || null },
      });
    }
    if (facts.doneId) {
      const result = { status: facts.doneStatus };
      result[facts.doneKey] = facts.doneId;
      tell("completed", { component: facts.doneComponent, result });
    }
  };

  // --- When no page can be shown -------------------------------------------------------------------

  const node = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text || "";
    return made;
  };

  const stop = (title, text, requestId, path) => {
    const page = node("article", "bt-page bt-stop");
    const heading = node("h1", "", title);
    page.append(heading, node("p", "bt-lead", text));
    if (requestId) page.append(node("p", "bt-small bt-muted bt-code", `${words.request_id} ${requestId}`));
    const dock = node("div", "bt-dock");
    if (path) {
      const again = node("button", "weui-btn weui-btn_primary", words.retry);
      again.type = "button";
      again.addEventListener("click", () => open(path, { keep: true }));
      dock.append(again);
    } else if (visit && visit.return_url) {
      const leave = node("a", "weui-btn weui-btn_primary", words.back_to_platform);
      leave.href = visit.return_url;
      leave.dataset.close = "";
      dock.append(leave);
    }
    page.append(dock);
    main.replaceChildren(page);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    say(title);
    measure();
  };

  const hush = () => {
    notice.hidden = true;
    notice.replaceChildren();
  };

  const warn = (text, requestId) => {
    notice.replaceChildren(node("p", "", text));
    if (requestId) notice.append(node("p", "bt-small bt-code", `${words.request_id} ${requestId}`));
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
    measure();
  };

  // --- Forms -------------------------------------------------------------------------------------

  const send = async (form, submitter) => {
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    hush();
    const label = submitter && submitter.textContent;
    if (submitter) {
      submitter.classList.add("is-busy");
      submitter.setAttribute("aria-disabled", "true");
      submitter.textContent = words.busy;
    }
    const path = form.getAttribute("action");
    try {
      await keeping; // a draft on its way must not arrive after the page it belongs to
      const fields = new FormData(form);
      if (submitter && submitter.name) fields.append(submitter.name, submitter.value);
      const response = await ask(path, fields);
      const type = response.headers.get("Content-Type") || "";
      if (response.ok || response.headers.get("BT-Go")) {
        await take(response, path, { keep: !response.headers.get("BT-Go"), focus: true });
      } else if (response.status === 422 && type.indexOf("html") >= 0) {
        main.replaceChildren(...fragment(await response.text()).childNodes);
        settle(false);
        const wrong = main.querySelector("[aria-invalid]");
        if (wrong) wrong.focus();
      } else if (response.status === 401 || response.status === 410) {
        await take(response, path, { keep: true, focus: true });
      } else {
        const problem = await problemOf(response);
        warn(problem.detail || words.trouble, problem.request_id);
      }
    } catch (error) {
      warn(words.unsent, "");
    } finally {
      delete form.dataset.sending;
      if (submitter && submitter.isConnected) {
        submitter.classList.remove("is-busy");
        submitter.removeAttribute("aria-disabled");
        submitter.textContent = label;
      }
    }
  };

  const refreshing = new Map();
  const refresh = (source) => {
    const into = source.dataset.into;
    window.clearTimeout(refreshing.get(into));
    refreshing.set(
      into,
      window.setTimeout(async () => {
        const form = source.form || source;
        try {
          const response = await ask(source.dataset.refresh, new FormData(form));
          const target = document.getElementById(into);
          if (response.ok && target) target.innerHTML = await response.text();
        } catch (error) {
          warn(words.offline, "");
        }
        measure();
      }, 200)
    );
  };

  // --- Drafts and photos -------------------------------------------------------------------------

  /* Keep what a page holds so far; the server has it before the camera opens or the page goes. */
  const keep = (form) => {
    keeping = keepNow(form);
    return keeping;
  };

  const keepNow = async (form) => {
    const text = new URLSearchParams(new FormData(form)).toString();
    if (form.dataset.kept === text) return;
    form.dataset.kept = text;
    try {
      const response = await ask(form.dataset.draft, new FormData(form));
      const mark = form.querySelector("[data-saved]");
      if (response.ok && mark) mark.textContent = words.saved;
    } catch (error) {
      delete form.dataset.kept;
    }
  };

  const PHOTO_BYTES = 2000000;
  const PHOTO_EDGE = 2400;
  const TRIES = 3;

  /* A photo turned upright and made small enough; whatever the browser cannot draw goes as it is. */
  const smaller = async (file) => {
    if (file.type === "application/pdf" || !window.createImageBitmap) return file;
    try {
      const image = await window.createImageBitmap(file, { imageOrientation: "from-image" });
      const canvas = document.createElement("canvas");
      let edge = PHOTO_EDGE;
      let best = file;
      for (let quality = 0.88; quality > 0.4; quality -= 0.12) {
        const scale = Math.min(1, edge / Math.max(image.width, image.height));
        canvas.width = Math.max(1, Math.round(image.width * scale));
        canvas.height = Math.max(1, Math.round(image.height * scale));
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        best = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (best.size <= PHOTO_BYTES) return best;
        edge *= 0.8;
      }
      return best;
    } catch (error) {
      return file;
    }
  };

  /* One key per chosen file: sent again after a lost answer it is still the same file. */
  const sendPhoto = async (input) => {
    const box = input.closest("[data-upload]");
    const state = box.querySelector("[data-state]");
    const file = input.files && input.files[0];
    if (!file || box.classList.contains("is-busy")) return;
    hush();
    box.classList.add("is-busy");
    state.textContent = words.sending;
    const form = box.closest("form[data-draft]");
    if (form) await keep(form);
    const fields = new FormData();
    fields.append("kind", box.dataset.kind);
    fields.append("ask", box.dataset.ask || "");
    fields.append("upload_key", `${visit.session}.${Date.now().toString(36)}`.slice(-64));
    fields.append("file", await smaller(file), file.name);
    let response = null;
    for (let turn = 0; turn < TRIES && !response; turn += 1) {
      if (turn) await new Promise((resolve) => window.setTimeout(resolve, turn * 1000));
      response = await ask(box.dataset.upload, fields).catch(() => null);
    }
    box.classList.remove("is-busy");
    state.textContent = "";
    input.value = "";
    if (response && response.ok) {
      say(words.photo_sent);
      await take(response, here, { keep: true, focus: false });
    } else {
      const problem = response ? await problemOf(response) : {};
      warn(problem.detail || words.photo_lost, problem.request_id);
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload] input[type=file]")) {
      sendPhoto(event.target);
      return;
    }
    const form = event.target.closest("form[data-draft]");
    if (form) keep(form);
  });

  /* Opening the camera may end the page: what was typed goes first. */
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-upload]");
    const form = box && box.closest("form[data-draft]");
    if (form) keep(form);
  });

  /* A frame may keep the clipboard from us: then the old way, and at least what to copy is chosen. */
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch (error) {
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.copied;
    say(button.dataset.copied);
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("[data-send]")) send(event.target, event.submitter || null);
  });

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.chooses) {
      const radio = field.form.querySelector(`input[type=radio][value="${field.dataset.chooses}"]`);
      if (radio) radio.checked = true;
    }
    const source = field.closest("[data-refresh]");
    if (source) refresh(source);
  });

  document.addEventListener("focusin", (event) => {
    if (!event.target.dataset || !event.target.dataset.chooses) return;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.metaKey || event.ctrlKey) return;
    const path = link.getAttribute("href");
    if (link.dataset.close !== undefined) {
      if (framed) {
        event.preventDefault();
        tell("close");
      }
    } else if (link.dataset.download !== undefined) {
      event.preventDefault();
      fetchFile(path, link.dataset.download);
    } else if (path.indexOf("/m/") === 0) {
      event.preventDefault();
      open(path, {});
    }
  });

  document.addEventListener("toggle", measure, true);

  back.addEventListener("click", () => window.history.back());

  window.addEventListener("popstate", (event) => {
    if (!event.state || !event.state.path) return;
    depth = event.state.depth || 0;
    open(event.state.path, { keep: true });
  });

  // --- Waiting and reading -----------------------------------------------------------------------

  const poll = (page) => {
    const since = Date.now();
    let wait = Number(page.dataset.poll) * 1000 || POLL_FIRST;
    const again = async () => {
      if (Date.now() - since > POLL_UNTIL) {
        const left = page.querySelector("[data-left]");
        if (left) {
          left.hidden = false;
          say(left.textContent.trim());
        }
        measure();
        return;
      }
      try {
        const response = await ask(here);
        if (!page.isConnected) return;
        const next = response.ok && !response.headers.get("BT-Go") ? await response.text() : null;
        const fresh = next && fragment(next).querySelector(".bt-page");
        if (fresh && fresh.dataset.status !== page.dataset.status) {
          show(next, here, { keep: true, focus: true });
          return;
        }
        if (response.headers.get("BT-Go")) {
          open(response.headers.get("BT-Go"), {});
          return;
        }
      } catch (error) {
        say(words.offline_title);
      }
      wait = Math.min(wait * 1.5, POLL_LAST);
      later(again, wait);
    };
    later(again, wait);
  };

  /* The signature waits for two things: the seconds (the server measures them too) and the end. */
  const readFirst = (button, page) => {
    const label = button.textContent;
    const end = page.querySelector("[data-end]");
    const until = Date.now() + Number(button.dataset.read) * 1000;
    let hasEnded = false;
    const tick = () => {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      if (left === 0 && hasEnded) {
        button.textContent = label;
        button.disabled = false;
        say(button.dataset.ready);
        return;
      }
      button.textContent =
        left > 0 ? button.dataset.counting.replace("{seconds}", left) : button.dataset.scroll;
      later(tick, 250);
    };
    const reached = () => {
      hasEnded = true;
    };
    end.addEventListener("focus", reached);
    end.tabIndex = 0; // reachable without scrolling: the screen reader's way to the end
    new IntersectionObserver((entries, watcher) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        reached();
        watcher.disconnect();
      }
    }).observe(end);
    tick();
  };

  // --- The beginning -----------------------------------------------------------------------------

  window.addEventListener("online", () => {
    bar.hidden = true;
  });
  window.addEventListener("offline", () => {
    bar.textContent = words.offline_title;
    bar.hidden = false;
  });

  const begin = async () => {
    const hash = window.location.hash;
    const secret = /(?:#|&)s=([^&]+)/.exec(hash);
    const path = /(?:#|&)p=(\/m\/[^&]*)/.exec(hash);
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    if (framed && window.location.ancestorOrigins && window.location.ancestorOrigins.length) {
      meet(window.location.ancestorOrigins[0]);
    }
    let isOpen = false;
    try {
      isOpen = secret ? await redeem(secret[1]) : await renewWhenMet();
    } catch (error) {
      stop(words.offline_title, words.offline, "", null);
      return;
    }
    if (isOpen || (secret && (await renewWhenMet()))) {
      await open(path ? path[1] : body.dataset.home, {});
    } else {
      main.removeAttribute("aria-busy");
      stop(words.session_title, words.session, "", null);
    }
  };

  /* A browser without ancestorOrigins learns the host's origin from its first message. */
  const renewWhenMet = async () => {
    for (let turn = 0; framed && !host && turn < 20; turn += 1) {
      await new Promise((resolve) => window.setTimeout(resolve, 100));
    }
    return renew();
  };

  begin();
})();
