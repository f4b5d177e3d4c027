package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/api"
)

func TestTheStatusOfWorkSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := found(t)
	got := c.ok(t, http.MethodGet, "/api/system-status", "")
	require.Len(t, got["areas"], 10)
	require.NotEqual(t, "failing", got["state"])

	c.data.Exec(t, "update public.agents set sync_status = 'failed'")
	got = c.ok(t, http.MethodGet, "/api/system-status", "")
	require.Equal(t, "failing", got["state"], "the worst of the areas is the whole's")
	assistants := got["areas"].([]any)[0].(map[string]any)
	require.Equal(t, "assistants", assistants["area"])
	problem := assistants["problem"].(map[string]any)
	require.Equal(t, "sync_failed", problem["code"])
	require.Equal(t, workAdvice(api.SyncFailed), problem["whatToDo"])
	require.Nil(t, got["areas"].([]any)[1].(map[string]any)["problem"])
}

func TestEveryProblemOfWorkHasItsAdvice(t *testing.T) {
	t.Parallel()
	_, rest, found := strings.Cut(string(description), "    WorkProblemCode:\n")
	require.True(t, found)
	list, _, _ := strings.Cut(rest, "]\n")
	_, list, _ = strings.Cut(list, "enum: [")
	codes := regexp.MustCompile(`\w+`).FindAllString(list, -1)
	require.Greater(t, len(codes), 10)
	for _, code := range codes {
		require.True(t, api.WorkProblemCode(code).Valid(), code)
		require.NotEqual(t, workAdvice(""), workAdvice(api.WorkProblemCode(code)), code)
	}
}
