package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// S3Options say which bucket, and how to reach it. All are required but HTTP.
type S3Options struct {
	Endpoint  string // as in https://s3.eu-central-1.amazonaws.com
	Region    string // signatures are for one region
	Bucket    string // must exist and be private
	AccessKey string
	SecretKey string
	HTTP      http.RoundTripper // nil: minio-go's
}

// S3 keeps files in a bucket of Amazon S3 or of anything that speaks its language.
type S3 struct {
	core   minio.Core
	bucket string
}

// NewS3 checks the options; it sends nothing.
func NewS3(o S3Options) (*S3, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") || (u.Path != "" && u.Path != "/") {
		return nil, errors.New("the S3 endpoint is not a plain http(s) address")
	}
	if o.Region == "" || o.Bucket == "" || o.AccessKey == "" || o.SecretKey == "" {
		return nil, errors.New("S3 needs a region, a bucket, an access key and its secret")
	}
	transport := o.HTTP
	if transport == nil {
		if transport, err = minio.DefaultTransport(u.Scheme == "https"); err != nil {
			return nil, fmt.Errorf("make the S3 transport: %w", err)
		}
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Secure: u.Scheme == "https", Transport: exchange.Traced(transport, "s3"),
		Region: o.Region, MaxRetries: 1, // whoever calls tries again by the clock of its queue
	})
	if err != nil {
		return nil, fmt.Errorf("make the S3 client: %w", err)
	}
	return &S3{core: minio.Core{Client: client}, bucket: o.Bucket}, nil
}

// Name is s3.
func (s *S3) Name() string { return "s3" }

// Put is one PUT, whatever the size up to S3's 5 GiB: several parts that a dead process leaves would lie in the bucket,
// unseen and paid for.
func (s *S3) Put(ctx context.Context, key string, body io.Reader, size int64, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := s.core.Client.PutObject(ctx, s.bucket, key, &exactly{from: body, left: size}, size,
		minio.PutObjectOptions{ContentType: contentType, DisableMultipart: true})
	if errors.Is(err, errBadSize) {
		return errBadSize
	}
	return s.errorOf(ctx, err)
}

// Get is one GET, with a Range unless the whole file is wanted.
func (s *S3) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if length == 0 { // no Range says so
		_, err := s.Stat(ctx, key)
		return http.NoBody, err
	}
	var o minio.GetObjectOptions
	switch {
	case length > 0:
		o.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
	case offset > 0:
		o.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	body, _, _, err := s.core.GetObject(ctx, s.bucket, key, o)
	if err != nil {
		return nil, s.errorOf(ctx, err)
	}
	return body, nil
}

// Stat is one HEAD.
func (s *S3) Stat(ctx context.Context, key string) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	info, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	return info.Size, s.errorOf(ctx, err)
}

// Delete is one DELETE; S3 says 204 also for a file that is not there.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := s.errorOf(ctx, s.core.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// SignedURL signs without asking anybody, also for a file that is not there.
func (s *S3) SignedURL(ctx context.Context, key string, ttl time.Duration) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	signed, err := s.core.PresignedGetObject(ctx, s.bucket, key, ttl, nil)
	if err != nil {
		return "", s.errorOf(ctx, err)
	}
	return signed.String(), nil
}

// errorOf maps minio's errors, whose texts quote keys and addresses. A bucket that is not there is a mistake of the
// configuration, not a missing file.
func (s *S3) errorOf(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var answer minio.ErrorResponse
	if errors.As(err, &answer) && answer.StatusCode != 0 {
		if answer.Code == minio.NoSuchBucket {
			return ErrUnauthorized
		}
		return errorOf(answer.StatusCode)
	}
	return &UnavailableError{cause: contextError(ctx, err)}
}
