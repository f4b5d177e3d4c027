package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

const ourDashboard = "https://dashboard.clinic.example"

// browse sends a request from a page of origin.
func browse(t *testing.T, origins []string, method, origin string) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := New(Deps{
		DB: &fakeDB{}, Auth: hs256Verifier(), Log: slog.New(slog.DiscardHandler), Metrics: NewMetrics(), Accounts: &Accounts{}, Origins: origins,
	})
	require.NoError(t, err)
	r := httptest.NewRequest(method, "/api/messages/rules", nil)
	r.Header.Set("Origin", origin)
	if method == http.MethodOptions {
		r.Header.Set("Access-Control-Request-Method", http.MethodPatch)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestConfiguredOriginsMayAskAndRead(t *testing.T) {
	t.Parallel()
	w := browse(t, []string{ourDashboard}, http.MethodOptions, ourDashboard)
	require.Equal(t, http.StatusNoContent, w.Code)
	require.Equal(t, ourDashboard, w.Header().Get("Access-Control-Allow-Origin"))
	require.Contains(t, w.Header().Get("Access-Control-Allow-Methods"), http.MethodPatch)
	require.Contains(t, w.Header().Get("Access-Control-Allow-Headers"), "Idempotency-Key")

	w = browse(t, []string{ourDashboard}, http.MethodGet, ourDashboard)
	require.Equal(t, http.StatusUnauthorized, w.Code, "refusals can be read as well")
	require.Equal(t, ourDashboard, w.Header().Get("Access-Control-Allow-Origin"))
	require.Contains(t, w.Header().Get("Access-Control-Expose-Headers"), "X-Request-Id")
	require.Equal(t, "Origin", w.Header().Get("Vary"))
}

func TestOtherOriginsGetNoLeave(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		origins []string
		origin  string
	}{
		"none configured": {nil, ourDashboard},
		"another":         {[]string{ourDashboard}, "https://evil.example"},
		"its beginning":   {[]string{ourDashboard}, ourDashboard + ".evil.example"},
		"another scheme":  {[]string{ourDashboard}, "http://dashboard.clinic.example"},
		"null":            {[]string{ourDashboard}, "null"},
	} {
		for _, method := range []string{http.MethodOptions, http.MethodGet} {
			w := browse(t, tc.origins, method, tc.origin)
			require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"), name)
			require.Empty(t, w.Header().Get("Access-Control-Allow-Methods"), name)
		}
		requireRefusal(t, browse(t, tc.origins, http.MethodOptions, tc.origin), http.StatusMethodNotAllowed, CodeMethodNotAllowed)
	}
}

func TestAPreflightNamesWhatADashboardNeedsAndReachesNothing(t *testing.T) {
	t.Parallel()
	w := browse(t, []string{ourDashboard}, http.MethodOptions, ourDashboard)
	require.Equal(t, http.StatusNoContent, w.Code, "without a token: browsers send none")
	require.Empty(t, w.Body.String())
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		require.Contains(t, w.Header().Get("Access-Control-Allow-Methods"), method)
	}
	for _, header := range []string{"Authorization", "Content-Type", "X-Request-Id"} {
		require.Contains(t, w.Header().Get("Access-Control-Allow-Headers"), header)
	}
	require.Equal(t, "600", w.Header().Get("Access-Control-Max-Age"))
	require.Equal(t, "true", w.Header().Get("Access-Control-Allow-Credentials"))
	require.NotEqual(t, "*", w.Header().Get("Access-Control-Allow-Origin"), "credentials are for named origins")
}
