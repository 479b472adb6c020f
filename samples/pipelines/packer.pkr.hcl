# A gate behind a build of Packer that captures an image.
# How its failure looks: the build ends with "Post-processor failed" and the exit code (1 not approved, 3 could not be
# judged); the artifact is not passed on.
variable "image" {
  type    = string
  default = "output/install.wim"
}

source "null" "image" {
  communicator = "none"
}

build {
  sources = ["source.null.image"]

  post-processor "shell-local" {
    # Of a signed registry, add "WIMPROOF_TRUST=/etc/wimproof/trust.toml", which says whose signatures count; without it,
    # whoever can write the registry can approve.
    environment_vars = ["IMAGE=${var.image}", "WIMPROOF_REGISTRY=/srv/images/registry"]
    inline = [
      "wimproof check \"$IMAGE\" --report json=gate.json --report vsa=gate.intoto.jsonl",
    ]
  }
}
