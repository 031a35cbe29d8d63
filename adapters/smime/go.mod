module github.com/postroom/postroom/adapters/smime

go 1.26.0

require (
	github.com/smallstep/pkcs7 v0.2.3
	github.com/stretchr/testify v1.12.1
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect
