// Draws every [data-chart] from its JSON block. Colours come from the style sheet, by meaning.
(() => {
  "use strict";

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const language = document.documentElement.lang;
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  // Amounts have two decimals; what is counted says `digits: 0`.
  const exact = ({ digits = 2 }, value) =>
    new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const font = () => getComputedStyle(document.body).fontFamily;

  const axes = (data) => ({
    xAxis: {
      type: "category",
      data: data.x,
      boundaryGap: data.kind === "bars",
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token("--ink-3") } }, // the zero line
      axisLabel: { color: token("--muted"), fontSize: 12, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      min: data.signed ? null : 0,
      splitNumber: 3,
      axisLabel: { color: token("--muted"), fontSize: 12, formatter: (v) => compact.format(v) },
      splitLine: { lineStyle: { color: token("--hairline") } },
    },
  });

  // Labels at the ends of two lines keep a distance, so that they never lie on each other.
  const endLabel = (data, index) => {
    const ends = data.series.map((one) => one.values.at(-1));
    const top = Math.max(...data.series.flatMap((one) => one.values), 1);
    const close = ends.length === 2 && Math.abs(ends[0] - ends[1]) / top < 0.1;
    const isUpper = ends[index] > ends[1 - index] || (ends[0] === ends[1] && index === 0);
    return {
      show: true,
      formatter: () => data.series[index].name,
      color: token(`--chart-${data.series[index].color}`),
      fontWeight: 600,
      fontSize: 13,
      offset: [4, close ? (isUpper ? -9 : 9) : 0],
    };
  };

  const line = (data, one, index) => {
    const color = token(`--chart-${one.color}`);
    const last = one.values.length - 1;
    const shared = { type: "line", name: one.name, color, symbol: "circle", symbolSize: 5, z: 3 };
    if (!data.partial) {
      return [{ ...shared, data: one.values, endLabel: endLabel(data, index), lineStyle: { width: 2 } }];
    }
    const whole = one.values.map((value, at) => (at === last ? null : value));
    const partial = one.values.map((value, at) => (at >= last - 1 ? value : null));
    return [
      { ...shared, data: whole, lineStyle: { width: 2 } },
      {
        ...shared,
        data: partial.map((value, at) =>
          at === last
            ? { value, itemStyle: { color: token("--surface"), borderColor: color, borderWidth: 1.5 } }
            : { value, symbol: "none" },
        ),
        lineStyle: { width: 2, type: "dashed", color },
        endLabel: endLabel(data, index),
      },
    ];
  };

  const bar = (data, one) => {
    const top = Math.max(...one.values);
    return {
      type: "bar",
      name: one.name,
      color: token(`--chart-${one.color}`),
      data: one.values,
      stack: data.stacked ? "all" : null,
      barMaxWidth: 28,
      itemStyle: { borderRadius: [2, 2, 0, 0] },
      label: {
        show: !data.stacked,
        position: "top",
        color: token("--muted"),
        fontSize: 11,
        formatter: ({ value }) => (value > 0 && value === top ? compact.format(value) : ""),
      },
    };
  };

  const tooltip = (data) => ({
    trigger: "axis",
    renderMode: "richText", // HTML tooltips need inline styles, which the page does not allow
    backgroundColor: token("--surface"),
    borderColor: token("--hairline"),
    borderWidth: 1,
    textStyle: { color: token("--ink"), fontSize: 13 },
    axisPointer: { lineStyle: { color: token("--muted"), type: "dotted" } },
    formatter: ([first]) =>
      [
        data.x[first.dataIndex],
        ...data.series.map(
          (one) => `${one.name}  ${data.unit}${exact(data, one.values[first.dataIndex])}`,
        ),
      ].join("\n"),
  });

  const table = (data) => {
    const made = document.createElement("table");
    made.className = "ledger inner";
    const head = made.createTHead().insertRow();
    const cell = (row, text, isHead, isNumber) => {
      const one = document.createElement(isHead ? "th" : "td");
      one.textContent = text;
      if (isNumber) one.className = "num";
      row.append(one);
    };
    cell(head, "", true, false);
    data.series.forEach((one) => cell(head, `${one.name} ${data.unit}`, true, true));
    const body = made.createTBody();
    data.x.forEach((label, index) => {
      const row = body.insertRow();
      cell(row, label, false, false);
      data.series.forEach((one) => cell(row, exact(data, one.values[index]), false, true));
    });
    return made;
  };

  document.querySelectorAll("[data-chart]").forEach((place) => {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const wrap = document.createElement("div");
    wrap.className = "chart-table";
    wrap.hidden = true;
    wrap.append(table(data));
    place.after(wrap);
    const button = document.querySelector(`[data-table-toggle="${place.id}"]`);
    button?.setAttribute("aria-pressed", "false");
    button?.addEventListener("click", () => {
      wrap.hidden = !wrap.hidden;
      place.hidden = !wrap.hidden;
      button.setAttribute("aria-pressed", String(!wrap.hidden));
      if (wrap.hidden) chart.resize();
    });
    const chart = echarts.init(place, null, { renderer: "canvas" });
    const isLines = data.kind === "lines";
    const names = data.series.map((one) => [...one.name].length);
    chart.setOption({
      animation: !still,
      animationDuration: 160,
      textStyle: { fontFamily: font() },
      grid: {
        left: 4,
        right: isLines ? 24 + Math.max(...names) * 13 : 4,
        top: 20,
        bottom: 4,
        containLabel: true,
      },
      tooltip: tooltip(data),
      ...axes(data),
      series: data.series.flatMap((one, index) =>
        isLines ? line(data, one, index) : [bar(data, one)],
      ),
    });
    new ResizeObserver(() => chart.resize()).observe(place);
  });
})();
