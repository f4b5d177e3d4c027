package embedding_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const key = "test-secret-embedding-key"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// against returns an embedder for the handler; change may alter its options.
func against(t *testing.T, handler http.Handler, change func(*embedding.Options)) *embedding.OpenAI {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o := embedding.Options{BaseURL: server.URL + "/v1/", APIKey: key, Model: "text-embedding-3-small", Dimensions: 1536,
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, Timeout: 2 * time.Second, Pause: time.Millisecond}
	if change != nil {
		change(&o)
	}
	e, err := embedding.NewOpenAI(o)
	require.NoError(t, err)
	return e
}

func TestVectorsComeInTheOrderOfTheirTexts(t *testing.T) {
	t.Parallel()
	played := sandbox.NewEmbedding(key)
	played.TakeAtMost(32)
	e := against(t, played, nil)
	var texts []string
	for i := range 70 {
		texts = append(texts, fmt.Sprintf("Service number %d zanzibar-lilac", i))
	}
	vectors, err := e.Embed(t.Context(), texts)
	require.NoError(t, err)
	require.Len(t, vectors, len(texts))
	require.Equal(t, 3, played.Requests(), "32, 32 and 6 texts")
	require.Equal(t, texts, played.Texts())
	for _, i := range []int{0, 31, 32, 69} {
		alone, err := e.Embed(t.Context(), texts[i:i+1])
		require.NoError(t, err)
		require.Equal(t, alone[0], vectors[i])
	}
	none, err := e.Embed(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestBatchesAreCutBySize(t *testing.T) {
	t.Parallel()
	played := sandbox.NewEmbedding("")
	e := against(t, played, func(o *embedding.Options) { o.APIKey, o.BatchBytes = "", 100 })
	_, err := e.Embed(t.Context(), []string{strings.Repeat("a", 60), strings.Repeat("b", 60), strings.Repeat("c", 300), "d"})
	require.NoError(t, err)
	require.Equal(t, 4, played.Requests())
}

func TestModelsShortenTheirVectorsWhenAsked(t *testing.T) {
	t.Parallel()
	played := sandbox.NewEmbedding(key)
	short := against(t, played, func(o *embedding.Options) { o.Dimensions, o.Shorten = 256, true })
	vectors, err := short.Embed(t.Context(), []string{"Cleaning"})
	require.NoError(t, err)
	require.Len(t, vectors[0], 256)

	wrong := against(t, played, func(o *embedding.Options) { o.Dimensions = 256 })
	_, err = wrong.Embed(t.Context(), []string{"Cleaning"})
	var dimensions *embedding.DimensionsError
	require.ErrorAs(t, err, &dimensions)
	require.Equal(t, embedding.DimensionsError{Want: 256, Got: 1536}, *dimensions)
}

func TestPassingTroublesAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, failures := range map[string][]sandbox.Failure{
		"limited":     {{Status: http.StatusTooManyRequests}, {Status: http.StatusTooManyRequests}},
		"failing":     {{Status: http.StatusInternalServerError}, {Status: http.StatusServiceUnavailable}, {Status: http.StatusBadGateway}},
		"hanging":     {{Delay: 3 * time.Second}},
		"asked pause": {{Status: http.StatusTooManyRequests, RetryAfter: time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			played := sandbox.NewEmbedding(key)
			e := against(t, played, func(o *embedding.Options) { o.Timeout = 500 * time.Millisecond })
			played.Fail(failures...)
			began := time.Now()
			vectors, err := e.Embed(t.Context(), []string{"Cleaning"})
			require.NoError(t, err)
			require.Len(t, vectors, 1)
			require.Equal(t, len(failures)+1, played.Requests())
			require.GreaterOrEqual(t, time.Since(began), failures[0].RetryAfter)
		})
	}
}

func TestLongPausesAndLastingTroublesAreTheCallers(t *testing.T) {
	t.Parallel()
	played := sandbox.NewEmbedding(key)
	e := against(t, played, nil)
	played.Fail(sandbox.Failure{Status: http.StatusTooManyRequests, RetryAfter: time.Minute})
	_, err := e.Embed(t.Context(), []string{"Cleaning"})
	var limited *embedding.RateLimitedError
	require.ErrorAs(t, err, &limited)
	require.Equal(t, time.Minute, limited.RetryAfter)
	require.Equal(t, 1, played.Requests())

	down := sandbox.Failure{Status: http.StatusServiceUnavailable}
	played.Fail(down, down, down, down)
	_, err = e.Embed(t.Context(), []string{"Cleaning"})
	var unavailable *embedding.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, http.StatusServiceUnavailable, unavailable.Status)
	require.Equal(t, 5, played.Requests())
}

func TestRefusalsAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	played := sandbox.NewEmbedding(key)
	_, err := against(t, played, func(o *embedding.Options) { o.APIKey = "test-secret-other" }).Embed(t.Context(), []string{"Cleaning"})
	require.ErrorIs(t, err, embedding.ErrUnauthorized)
	_, err = against(t, played, func(o *embedding.Options) { o.Model = "unknown" }).Embed(t.Context(), []string{"Cleaning"})
	var refused *embedding.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusNotFound, refused.Status)
	require.Equal(t, 2, played.Requests())
	_, err = against(t, played, nil).Embed(t.Context(), []string{"Cleaning", " \n"})
	require.ErrorIs(t, err, embedding.ErrEmptyText)
	require.Equal(t, 2, played.Requests(), "nothing was asked")
}

func TestAnswersAreChecked(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"no JSON":     `<html>`,
		"too few":     `{"data":[{"index":0,"embedding":[1,2]}]}`,
		"same twice":  `{"data":[{"index":0,"embedding":[1,2]},{"index":0,"embedding":[1,2]}]}`,
		"beyond":      `{"data":[{"index":0,"embedding":[1,2]},{"index":2,"embedding":[1,2]}]}`,
		"all noughts": `{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[0,0]}]}`,
		"too long":    `{"data":[` + strings.Repeat(" ", 2<<20) + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }),
				func(o *embedding.Options) { o.Dimensions = 2 })
			_, err := e.Embed(t.Context(), []string{"a", "b"})
			var unavailable *embedding.UnavailableError
			require.ErrorAs(t, err, &unavailable)
		})
	}
}

func TestAGivenUpContextEndsThePause(t *testing.T) {
	t.Parallel()
	played := sandbox.NewEmbedding(key)
	e := against(t, played, func(o *embedding.Options) { o.Pause = 10 * time.Second })
	played.Fail(sandbox.Failure{Status: http.StatusTooManyRequests})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := e.Embed(ctx, []string{"Cleaning"})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestTheKeyAndTheTextsStandInNoError(t *testing.T) {
	t.Parallel()
	quoting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":{"message":"%s: zanzibar-lilac"}}`, r.Header.Get("Authorization"))
	})
	e := against(t, quoting, nil)
	_, err := e.Embed(t.Context(), []string{"zanzibar-lilac"})
	require.Error(t, err)
	for _, shown := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), fmt.Sprintf("%v %+v %#v %s", e, e, e, e)} {
		require.NotContains(t, shown, key)
		require.NotContains(t, shown, "zanzibar")
	}
	_, err = embedding.NewOpenAI(embedding.Options{BaseURL: "http://x", Model: "m", Dimensions: 1, APIKey: "test-secret-\n"})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "test-secret")
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	good := embedding.Options{BaseURL: "http://localhost:11434/v1", Model: "m", Dimensions: 3}
	for _, spoil := range []func(*embedding.Options){
		func(o *embedding.Options) { o.BaseURL = "localhost" }, func(o *embedding.Options) { o.BaseURL = "" },
		func(o *embedding.Options) { o.Model = "" }, func(o *embedding.Options) { o.Dimensions = 0 },
		func(o *embedding.Options) { o.Dimensions = math.MaxInt32 }, func(o *embedding.Options) { o.Pause = -1 },
	} {
		o := good
		spoil(&o)
		_, err := embedding.NewOpenAI(o)
		require.Error(t, err)
	}
	e, err := embedding.NewOpenAI(good)
	require.NoError(t, err)
	require.Equal(t, "m", e.Model())
	require.Equal(t, 3, e.Dimensions())
	_, err = e.Embed(t.Context(), []string{""})
	require.True(t, errors.Is(err, embedding.ErrEmptyText))
}
