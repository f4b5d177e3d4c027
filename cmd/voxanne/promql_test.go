package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What of PromQL the dashboard and the alerts use. Prometheus' own parser would say more, and would bring Prometheus into go.mod.
var (
	quoted    = regexp.MustCompile(`"[^"]*"`)
	ranges    = regexp.MustCompile(`\[(\d+[smh]|\$__rate_interval)\]`)
	selectors = regexp.MustCompile(`(\w+)\{([^}]*)\}`)
	grouping  = regexp.MustCompile(`\b(by|on|ignoring|without) \(([^)]*)\)`)
	word      = regexp.MustCompile(`\b[a-z_]\w*\b`)
	functions = []string{"sum", "max", "count", "topk", "rate", "increase", "histogram_quantile", "absent", "up", "or", "unless", "offset"}
)

// checkExpr returns the metrics that an expression reads, and an error that names what the instance does not know: a metric,
// a label of one, or a function. Values of labels are not checked.
func checkExpr(expr string, metrics map[string][]string) (names []string, err error) {
	expr = ranges.ReplaceAllString(quoted.ReplaceAllString(expr, `""`), "")
	labels := []string{"job", "instance"}
	for _, one := range word.FindAllString(expr, -1) {
		if name, of, known := metricOf(one, metrics); known {
			names, labels = append(names, name), append(labels, of...)
		}
	}
	for _, selector := range selectors.FindAllStringSubmatch(expr, -1) {
		_, of, _ := metricOf(selector[1], metrics)
		for _, label := range word.FindAllString(selector[2], -1) {
			if !slices.Contains(append(of, "job", "instance"), label) {
				return nil, fmt.Errorf("%s has no label %s", selector[1], label)
			}
		}
	}
	for _, group := range grouping.FindAllStringSubmatch(expr, -1) {
		for _, label := range word.FindAllString(group[2], -1) {
			if !slices.Contains(labels, label) {
				return nil, fmt.Errorf("no metric of the expression has a label %s", label)
			}
		}
	}
	rest := grouping.ReplaceAllString(selectors.ReplaceAllString(expr, "$1"), "")
	for _, one := range word.FindAllString(rest, -1) {
		if _, _, known := metricOf(one, metrics); !known && !slices.Contains(functions, one) {
			return nil, fmt.Errorf("nothing is called %s", one)
		}
	}
	if strings.Count(rest, "(") != strings.Count(rest, ")") || strings.ContainsAny(rest, `{}[]`) {
		return nil, fmt.Errorf("the brackets do not close")
	}
	return names, nil
}

// metricOf is the metric that a name in an expression belongs to, with the labels it has there: a histogram, all of which
// count seconds, has three names.
func metricOf(name string, metrics map[string][]string) (metric string, labels []string, known bool) {
	if labels, known = metrics[name]; known {
		return name, slices.Clone(labels), true
	}
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		base, cut := strings.CutSuffix(name, suffix)
		if labels, known = metrics[base]; cut && known && strings.HasSuffix(base, "_seconds") {
			if labels = slices.Clone(labels); suffix == "_bucket" {
				labels = append(labels, "le")
			}
			return base, labels, true
		}
	}
	return "", nil, false
}
