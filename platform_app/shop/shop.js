(function () {
  "use strict";

  var tile = document.getElementById("entry");
  var pay = document.getElementById("pay");
  var state = document.getElementById("state");
  var order = pay ? pay.dataset.order : "";
  var locale = (navigator.language || "zh").indexOf("en") === 0 ? "en" : "zh-hans";

  function post(path, body) {
    return fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }).then(function (answer) {
      if (!answer.ok) throw new Error("商城服务暂时不可用");
      return answer.json();
    });
  }

  function confirm(id) {
    // "completed" is only a hint: the shop's server asks the API before it believes it.
    return post("/confirm", { order: order, drawdown: id }).then(function (answer) {
      state.textContent = answer.state;
      if (answer.state !== "已付款" || document.getElementById("ship")) return;
      var button = document.createElement("button");
      button.type = "button";
      button.id = "ship";
      button.textContent = "模拟发货";
      state.parentNode.appendChild(button);
      wire(button);
    });
  }

  function wire(button) {
    button.addEventListener("click", function () {
      post("/ship", { order: order }).then(function (answer) {
        state.textContent = answer.state;
        button.remove();
      });
    });
  }

  if (tile) {
    window.BaiTiao.entry(tile, {
      locale: locale === "en" ? "en" : "zh",
      fetchEntry: function () {
        return post("/entry", { locale: locale });
      },
      onOpen: function (entry) {
        window.location.href = entry.line_status ? "/visit/line" : "/visit/apply";
      },
    });
    return;
  }

  if (document.getElementById("ship")) wire(document.getElementById("ship"));

  window.BaiTiao.mount(pay, {
    mode: "iframe",
    fetchSession: function () {
      return post("/session", { component: pay.dataset.component, order: order, locale: locale });
    },
    onState: function (payload) {
      document.body.dataset.state = payload.status;
    },
    onCompleted: function (payload) {
      if (order && payload.result.drawdown_id) confirm(payload.result.drawdown_id);
    },
    onClose: function () {
      window.location.href = "/";
    },
  });
})();
