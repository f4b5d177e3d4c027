// Package api is generated from ../openapi.yaml: the models, the interface that
// the server implements and the glue to net/http. Change the description, then
// run `make generate`.
package api

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 --config=config.yaml ../openapi.yaml
