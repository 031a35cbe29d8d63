module github.com/postroom/postroom/examples

go 1.26.0

require github.com/postroom/postroom v0.0.0

replace github.com/postroom/postroom => ../
