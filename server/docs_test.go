package server

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePageOfTheAPINamesEveryOperationAndNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	w := setup(t, nil).do(http.MethodGet, "/docs", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	page := w.Body.String()
	operations := regexp.MustCompile(`(?m)^      operationId: (\w+)$`).FindAllSubmatch(description, -1)
	require.NotEmpty(t, operations)
	for _, op := range operations {
		require.Contains(t, page, `<details id="`+string(op[1])+`">`)
	}
	require.NotRegexp(t, `(?i)<script|<link|<img|src=|url\(|@import`, page)
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		require.Contains(t, page, `id="`+link[1]+`"`, "a link leads nowhere")
	}
}
