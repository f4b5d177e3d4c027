package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	sigAlgorithm = "AWS4-HMAC-SHA256"
	sigTime      = "20060102T150405Z"
	// sigSkew is by how much a client's clock may be off (AWS: RequestTimeTooSkewed).
	sigSkew = 15 * time.Minute
	// sigLongest is how long a presigned address may live (AWS: X-Amz-Expires).
	sigLongest = 7 * 24 * time.Hour
)

// sigV4 checks AWS Signature Version 4 for one access key.
type sigV4 struct{ region, accessKey, secret string }

// claim is what a request says about its signature.
type claim struct {
	credential, headers, signature, at, payload string
	expires                                     time.Duration // 0: signed in the header
}

// check returns S3's code of what is wrong with a request's signature; empty when it is good.
func (s sigV4) check(r *http.Request, now time.Time) string {
	c, code := claimOf(r)
	if code != "" {
		return code
	}
	at, err := time.Parse(sigTime, c.at)
	switch {
	case err != nil:
		return "AccessDenied"
	case c.expires > 0 && (now.After(at.Add(c.expires)) || c.expires > sigLongest):
		return "AccessDenied" // "Request has expired"
	case at.After(now.Add(sigSkew)), c.expires == 0 && at.Before(now.Add(-sigSkew)):
		return "RequestTimeTooSkewed"
	}
	scope := c.at[:8] + "/" + s.region + "/s3/aws4_request"
	if c.credential != s.accessKey+"/"+scope {
		return "InvalidAccessKeyId"
	}
	canonical := sha256.Sum256([]byte(canonicalRequest(r, c)))
	text := strings.Join([]string{sigAlgorithm, c.at, scope, hex.EncodeToString(canonical[:])}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range append(strings.Split(scope, "/"), text) {
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write([]byte(part)) // a hash takes everything
		key = mac.Sum(nil)
	}
	if !hmac.Equal([]byte(hex.EncodeToString(key)), []byte(c.signature)) {
		return "SignatureDoesNotMatch"
	}
	return ""
}

// claimOf reads the signature's parts from the header or the address.
func claimOf(r *http.Request) (claim, string) {
	if q := r.URL.Query(); q.Get("X-Amz-Algorithm") == sigAlgorithm {
		seconds, err := strconv.Atoi(q.Get("X-Amz-Expires"))
		if err != nil || seconds < 1 {
			return claim{}, "AuthorizationQueryParametersError"
		}
		return claim{credential: q.Get("X-Amz-Credential"), headers: q.Get("X-Amz-SignedHeaders"), signature: q.Get("X-Amz-Signature"),
			at: q.Get("X-Amz-Date"), payload: "UNSIGNED-PAYLOAD", expires: time.Duration(seconds) * time.Second}, ""
	}
	rest, ours := strings.CutPrefix(r.Header.Get("Authorization"), sigAlgorithm+" ")
	if !ours {
		return claim{}, "AccessDenied"
	}
	c := claim{at: r.Header.Get("X-Amz-Date"), payload: r.Header.Get("X-Amz-Content-Sha256")}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			c.credential = value
		case "SignedHeaders":
			c.headers = value
		case "Signature":
			c.signature = value
		}
	}
	return c, ""
}

// canonicalRequest writes a request as its signer saw it.
func canonicalRequest(r *http.Request, c claim) string {
	query := r.URL.Query()
	query.Del("X-Amz-Signature")
	var headers strings.Builder
	for name := range strings.SplitSeq(c.headers, ";") {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	return strings.Join([]string{r.Method, r.URL.EscapedPath(), canonicalQuery(query), headers.String(), c.headers, c.payload}, "\n")
}

// canonicalQuery is sorted and escaped as RFC 3986 says: a blank is %20.
func canonicalQuery(query url.Values) string {
	var parts []string
	for name, values := range query {
		for _, value := range values {
			parts = append(parts, strings.ReplaceAll(url.QueryEscape(name)+"="+url.QueryEscape(value), "+", "%20"))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}
