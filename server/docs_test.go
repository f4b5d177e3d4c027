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
	require.Contains(t, page, "<p>The person reachable at a number, every field in the spellings that dashboards use.</p>")
	require.Contains(t, page, "One state or several. <code>scheduled</code> is an older word")
	require.Contains(t, page, `<code class="must">leadStatus</code></td><td></td><td><a href="#schema-LeadStatus">LeadStatus</a>`)
	require.Contains(t, page, "&#34;booking_ref&#34;: &#34;", "examples are shown")
	require.NotContains(t, page, "&#34;code&#34;: &#34;bad_request&#34;", "but not the same refusal under every operation")
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		require.Contains(t, page, `id="`+link[1]+`"`, "a link leads nowhere")
	}
}

func TestDescriptionsAreSetAsProse(t *testing.T) {
	t.Parallel()
	require.Equal(t, "<p>One\ntwo <code>a&lt;b</code></p>\n<p>three</p>\n", string(prose("One\ntwo `a<b`\n\nthree\n")))
}
