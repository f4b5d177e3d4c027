package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
)

func TestUnknownPathsAndMethodsAreRefusedInOurShape(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, target := range []string{"/", "/api", "/api/orgs/validate/", "/api/patients/quillfeather", "/api/vapi/webhook", "/favicon.ico"} {
		requireRefusal(t, b.do(http.MethodGet, target, b.token), http.StatusNotFound, CodeNotFound)
	}
	org, _ := testIDs()
	w := b.do(http.MethodDelete, "/api/orgs/validate/"+org.String(), b.token)
	requireRefusal(t, w, http.StatusMethodNotAllowed, CodeMethodNotAllowed)
	require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	requireRefusal(t, b.do(http.MethodPost, "/healthz", ""), http.StatusMethodNotAllowed, CodeMethodNotAllowed)
}

func TestProbes(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, target := range []string{"/healthz", "/readyz", "/health"} {
		require.Equal(t, http.StatusOK, b.do(http.MethodGet, target, "").Code, target)
	}
	b.db.ping = errors.New("dial 10.0.0.1: no route")
	require.Equal(t, http.StatusOK, b.do(http.MethodGet, "/healthz", "").Code, "the process itself is well")
	requireRefusal(t, b.do(http.MethodGet, "/readyz", ""), http.StatusServiceUnavailable, CodeBusy)
	w := b.do(http.MethodGet, "/health", "")
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Contains(t, w.Body.String(), `"database":false`)
	require.NotContains(t, w.Body.String(), "10.0.0.1")
}

func TestDescriptionIsServed(t *testing.T) {
	t.Parallel()
	w := setup(t, nil).do(http.MethodGet, "/openapi.yaml", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "application/yaml; charset=utf-8", w.Header().Get("Content-Type"))
	require.Contains(t, w.Body.String(), "operationId: validateOrg")
}

func TestRequestIDIsKeptOrMade(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	cases := map[string]struct {
		sent string
		kept bool
	}{
		"the dashboard's":  {"req_lx2k9-4f.7A", true},
		"64 characters":    {strings.Repeat("a", 64), true},
		"65 characters":    {strings.Repeat("a", 65), false},
		"absent":           {"", false},
		"a space":          {"two words", false},
		"a line break":     {"a\nb", false},
		"quotes":           {`"a"`, false},
		"not ASCII":        {"réq", false},
		"a phone number":   {"312-555-0123", false},
		"what looks a JWT": {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", false},
	}
	for name, tc := range cases {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.Header.Set("X-Request-Id", tc.sent)
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		got := w.Header().Get("X-Request-Id")
		if tc.kept {
			require.Equal(t, tc.sent, got, name)
			continue
		}
		_, err := uuid.Parse(got)
		require.NoError(t, err, name)
	}
}

func TestRequestLineNamesThePatternNotThePath(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	org, _ := testIDs()
	b.do(http.MethodGet, "/api/orgs/validate/"+org.String()+"?phone=%2B13125550123&name=Quillfeather", b.token)
	b.do(http.MethodGet, "/contacts/+13125550123/quillfeather", b.token)
	b.do("QUILLBY", "/healthz", "")

	lines := b.log.lines(t, "request")
	require.Len(t, lines, 3)
	require.Equal(t, "GET /api/orgs/validate/{orgId}", lines[0]["route"])
	require.Equal(t, org.String(), lines[0]["org_id"])
	require.Equal(t, "GET", lines[0]["method"])
	require.EqualValues(t, 200, lines[0]["status"])
	require.NotEmpty(t, lines[0]["request_id"])
	require.Contains(t, lines[0], "duration_ms")
	require.Equal(t, "unmatched", lines[1]["route"])
	require.Equal(t, "other", lines[2]["method"])
	for _, planted := range []string{"3125550123", "uill", "UILL", b.token} {
		require.NotContains(t, b.log.String(), planted)
	}
}

func TestPanicIsAnInternalErrorWithoutValues(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	org, _ := testIDs()
	b.db.panics = errors.New("patient Quillfeather zanzibar-lilac")
	w := b.do(http.MethodGet, "/api/orgs/validate/"+org.String(), b.token)
	requireRefusal(t, w, http.StatusInternalServerError, CodeInternal)
	require.NotContains(t, b.log.String(), "zanzibar-lilac")
	line := b.log.lines(t, "panic")[0]
	require.Equal(t, "*errors.errorString", line["panic_type"])
	require.Contains(t, fmt.Sprint(line["stack"]), "(*fakeDB).Membership")
	require.EqualValues(t, 500, b.log.lines(t, "request")[0]["status"])
}

func TestPanicAfterTheFirstByteCutsTheConnection(t *testing.T) {
	t.Parallel()
	b := setup(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("zanzibar-lilac")
	}))
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { b.do(http.MethodPost, "/api/vapi/webhook", "") })
	require.NotContains(t, b.log.String(), "zanzibar-lilac")
}

func TestVoiceIsMountedWithFullPathsAndALimit(t *testing.T) {
	t.Parallel()
	org, _ := testIDs()
	b := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		NoteOrg(r.Context(), org)
		NoteRoute(r.Context(), "POST /api/vapi/tools/{name}")
		if _, err := io.ReadAll(r.Body); err != nil {
			WriteError(w, r, err)
			return
		}
		_, _ = io.WriteString(w, r.URL.Path)
	}))
	require.Equal(t, "/api/vapi/tools/bookClinicAppointment", b.do(http.MethodPost, "/api/vapi/tools/bookClinicAppointment", "").Body.String())
	line := b.log.lines(t, "request")[0]
	require.Equal(t, "POST /api/vapi/tools/{name}", line["route"])
	require.Equal(t, org.String(), line["org_id"])

	for name, length := range map[string]int64{"declared": maxVoiceBody + 1, "undeclared": -1} {
		body := &zeros{}
		r := httptest.NewRequest(http.MethodPost, "/api/vapi/webhook", io.LimitReader(body, maxVoiceBody+1))
		r.ContentLength = length
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		requireRefusal(t, w, http.StatusRequestEntityTooLarge, CodeBodyTooLarge)
		require.Equal(t, name == "undeclared", body.read, "a declared length is refused unread")
	}
}

// zeros is an endless body that knows whether anybody read it.
type zeros struct{ read bool }

func (z *zeros) Read(p []byte) (int, error) {
	z.read = true
	return len(p), nil
}

func TestMetricsCountByPattern(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	org, _ := testIDs()
	for range 2 {
		b.do(http.MethodGet, "/api/orgs/validate/"+org.String(), b.token)
	}
	for range 50 {
		b.do(http.MethodGet, "/"+uuid.NewString(), "")
	}
	require.Equal(t, 2, testutil.CollectAndCount(b.metrics.http), "one series for the route, one for all unknown paths")

	b.metrics.VapiMessage("tool-calls")
	b.metrics.ToolCall("bookClinicAppointment", "booked", 0)
	b.metrics.TenantUnresolved()
	b.metrics.TenantConflicting()
	text := b.do(http.MethodGet, "/metrics", "").Body.String()
	for _, want := range []string{
		`voxanne_http_request_duration_seconds_count{route="GET /api/orgs/validate/{orgId}",status="200"} 2`,
		`voxanne_http_request_duration_seconds_count{route="unmatched",status="404"} 50`,
		`voxanne_vapi_messages_total{type="tool-calls"} 1`,
		`voxanne_tool_call_duration_seconds_count{outcome="booked",tool="bookClinicAppointment"} 1`,
		`voxanne_tenant_refused_total{reason="unresolved"} 1`,
		`voxanne_tenant_refused_total{reason="conflicting"} 1`,
	} {
		require.Contains(t, text, want)
	}
}

func TestNewWantsItsParts(t *testing.T) {
	t.Parallel()
	_, err := New(Deps{})
	require.Error(t, err)
}

func TestServeFinishesRunningRequestsAndStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	entered, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = io.WriteString(w, "finished")
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- ServeListener(ctx, handler, l, slog.New(slog.DiscardHandler)) }()

	answered := make(chan string, 1)
	go func() {
		transport := &http.Transport{DisableKeepAlives: true}
		res, err := (&http.Client{Transport: transport}).Get("http://" + l.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		answered <- string(body)
	}()
	<-entered
	stop()
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	}, 5*time.Second, time.Millisecond, "new connections are refused while the old request runs")
	close(release)
	require.Equal(t, "finished", <-answered)
	require.NoError(t, <-served)
}

func TestServeReportsAPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	err = Serve(t.Context(), http.NotFoundHandler(), l.Addr().String(), 0, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "listen on")
}
