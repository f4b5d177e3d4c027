package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionIsToldInBothSpellings(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}} {
		var out bytes.Buffer
		require.Zero(t, run(t.Context(), process{out: &out, err: &out}, args))
		require.Regexp(t, `^voxanne \S+ \(commit \S+, `+runtime.Version()+`\)\n$`, out.String())
	}
	var out bytes.Buffer
	require.Zero(t, run(t.Context(), process{out: &out, err: &out}, []string{"version", "--json"}))
	var told build
	require.NoError(t, json.Unmarshal(out.Bytes(), &told))
	require.Equal(t, thisBuild(), told)
}

func TestVersionAndCommitAsGoNotedThem(t *testing.T) {
	t.Parallel()
	vcs := []debug.BuildSetting{{Key: "vcs.revision", Value: "4f0c"}, {Key: "vcs.modified", Value: "true"}}
	for name, tc := range map[string]struct {
		info            debug.BuildInfo
		version, commit string
	}{
		"installed":        {debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3", ""},
		"built":            {debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: vcs[:1]}, "", "4f0c"},
		"with changes":     {debug.BuildInfo{Settings: vcs}, "", "4f0c-dirty"},
		"without checkout": {debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "", ""},
	} {
		version, commit := noted(&tc.info)
		require.Equal(t, tc.version, version, name)
		require.Equal(t, tc.commit, commit, name)
	}
}

func TestHealthAsksTheProcess(t *testing.T) {
	t.Parallel()
	unready := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(unready.Close)
	at, err := url.Parse(unready.URL)
	require.NoError(t, err)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, nobody, err := net.SplitHostPort(free.Addr().String())
	require.NoError(t, err)
	require.NoError(t, free.Close())
	for name, tc := range map[string]struct {
		environ map[string]string
		args    []string
		status  int
		says    string
	}{
		"it runs":               {map[string]string{"PORT": at.Port()}, nil, 0, ""},
		"it is not ready":       {map[string]string{"PORT": at.Port()}, []string{"--ready"}, 1, "status 503"},
		"workers run":           {map[string]string{"METRICS_PORT": at.Port()}, []string{"--work"}, 0, ""},
		"workers answer not":    {nil, []string{"--work"}, 1, "METRICS_PORT is not set"},
		"nobody listens":        {map[string]string{"PORT": nobody}, nil, 1, "ask the process"},
		"no port":               {map[string]string{"PORT": "test-secret port"}, nil, 1, "must be numbers"},
		"workers are not ready": {nil, []string{"--work", "--ready"}, 2, "exclude each other"},
	} {
		var out, complaints bytes.Buffer
		status := run(t.Context(), process{out: &out, err: &complaints, environ: tc.environ}, append([]string{"health"}, tc.args...))
		require.Equal(t, tc.status, status, name)
		require.Contains(t, complaints.String(), tc.says, name)
		require.NotContains(t, complaints.String(), "test-secret", name)
	}
}
