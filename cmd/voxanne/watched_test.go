package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	rulesFile     = "../../docs/deploy/prometheus/voxanne.rules.yaml"
	dashboardFile = "../../docs/deploy/grafana/voxanne.json"
	operatorsPage = "../../docs/operators.md"
)

// described are the metrics of a started instance, server and workers, with their labels; also of vectors that nothing was
// counted in yet, which /metrics does not show.
func described(t *testing.T) map[string][]string {
	t.Helper()
	cfg, err := server.LoadConfig(map[string]string{
		"VOXANNE_ENV": "dev", "DATABASE_URL": dbtest.New(t).LoginURL, "JWT_SECRET": "test-secret-jwt-0123456789abcdefghijkl",
		"VAPI_WEBHOOK_SECRET": "test-secret-webhook", "VAPI_PRIVATE_KEY": "test-secret-vapi", "VAPI_BASE_URL": "http://127.0.0.1:9",
		"GOOGLE_CLIENT_ID": "quill", "GOOGLE_CLIENT_SECRET": "test-secret-google", "GOOGLE_BASE_URL": "http://127.0.0.1:9",
	})
	require.NoError(t, err)
	opened, err := db.Open(t.Context(), string(cfg.DatabaseURL))
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	log := &output{}
	to := observed{metrics: server.NewMetrics(), log: slog.New(slog.NewTextHandler(log, nil))}
	require.NoError(t, observe(to, opened))
	_, _, err = newHandler(cfg, opened, to)
	require.NoError(t, err)
	letWork(t, cfg, opened, to)
	registry, ok := to.metrics.Registerer().(prometheus.Collector)
	require.True(t, ok)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "working the queue") }, 20*time.Second, 20*time.Millisecond)
	return describedBy(registry)
}

// describedBy reads a registry's descriptions, whose only public form is their text.
func describedBy(registry prometheus.Collector) map[string][]string {
	form := regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{([\w,]*)\}`)
	all := make(chan *prometheus.Desc)
	go func() { registry.Describe(all); close(all) }()
	metrics := map[string][]string{}
	for one := range all {
		if said := form.FindStringSubmatch(one.String()); said != nil {
			metrics[said[1]] = strings.FieldsFunc(said[2], func(r rune) bool { return r == ',' })
			if metrics[said[1]] == nil {
				metrics[said[1]] = []string{}
			}
		}
	}
	return metrics
}

// rule is an alert of the rules' file; its decoder knows no other fields.
type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func readRules(t *testing.T) (rules []rule) {
	t.Helper()
	file, err := os.Open(rulesFile)
	require.NoError(t, err)
	defer file.Close()
	var read struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	strict := yaml.NewDecoder(file)
	strict.KnownFields(true)
	require.NoError(t, strict.Decode(&read))
	for _, group := range read.Groups {
		rules = append(rules, group.Rules...)
	}
	return rules
}

// shownExprs are the expressions of the dashboard.
func shownExprs(t *testing.T) (exprs []string) {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			ID      int    `json:"id"`
			Title   string `json:"title"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	require.NoError(t, json.Unmarshal(text, &board))
	ids := map[int]bool{}
	for _, panel := range board.Panels {
		require.False(t, ids[panel.ID], "two panels have the id %d", panel.ID)
		require.NotEmpty(t, panel.Title)
		ids[panel.ID] = true
		for _, target := range panel.Targets {
			exprs = append(exprs, target.Expr)
		}
	}
	return exprs
}

func TestDashboardAndAlertsKnowTheMetrics(t *testing.T) {
	t.Parallel()
	metrics := described(t)
	require.Contains(t, metrics, "voxanne_calendar_links")
	used := map[string]bool{}
	exprs := shownExprs(t)
	require.Greater(t, len(exprs), 30)
	for _, expr := range exprs {
		names, err := checkExpr(expr, metrics)
		require.NoError(t, err, expr)
		for _, name := range names {
			used[name] = true
		}
	}
	for _, r := range readRules(t) {
		_, err := checkExpr(r.Expr, metrics)
		require.NoError(t, err, r.Alert)
	}
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		if strings.HasPrefix(name, "voxanne_") {
			require.True(t, used[name], "the dashboard does not show %s", name)
		}
	}
}

func TestEveryAlertSaysWhatToDo(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(operatorsPage)
	require.NoError(t, err)
	_, watch, found := strings.Cut(string(page), "\n## What to watch\n")
	require.True(t, found)
	var explained, alerts []string
	for _, heading := range regexp.MustCompile(`(?m)^### (\w+)$`).FindAllStringSubmatch(watch, -1) {
		explained = append(explained, heading[1])
	}
	for _, r := range readRules(t) {
		alerts = append(alerts, r.Alert)
		require.Contains(t, []string{"page", "warn"}, r.Labels["severity"], r.Alert)
		require.Regexp(t, `^[A-Z].*\.$`, r.Annotations["summary"], r.Alert)
		require.Equal(t, "docs/operators.md#"+strings.ToLower(r.Alert), r.Annotations["runbook"])
		require.Contains(t, watch, fmt.Sprintf("### %s\n\n`%s`. ", r.Alert, r.Labels["severity"]))
		if r.For != "" {
			_, err := time.ParseDuration(r.For)
			require.NoError(t, err, r.Alert)
		}
	}
	require.Equal(t, alerts, explained)
}

func TestTheCheckOfExpressionsFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	metrics := map[string][]string{"voxanne_jobs_total": {"kind"}, "voxanne_wait_seconds": {}}
	for expr, wrong := range map[string]string{
		`sum by (kind) (rate(voxanne_jobs_total{kind="x{y}"}[5m])) > 0.1`:              "",
		`histogram_quantile(0.9, sum by (le) (rate(voxanne_wait_seconds_bucket[5m])))`: "",
		`voxanne_job_total`:                   "voxanne_job_total",
		`voxanne_jobs_total_sum`:              "voxanne_jobs_total_sum",
		`voxanne_jobs_total{outcome="x"}`:     "outcome",
		`sum by (queue) (voxanne_jobs_total)`: "queue",
		`sum by (le) (voxanne_jobs_total)`:    "le",
		`summe(voxanne_jobs_total)`:           "summe",
		`sum(rate(voxanne_jobs_total[5m])`:    "brackets",
		`go_goroutines`:                       "go_goroutines",
	} {
		_, err := checkExpr(expr, metrics)
		if wrong == "" {
			require.NoError(t, err, expr)
			continue
		}
		require.ErrorContains(t, err, wrong, expr)
	}
}
