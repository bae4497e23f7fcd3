// A small module of its own that silences standard error and gives it its voice back. TensorFlow's library greets there
// while it is being loaded, before any log level counts. Only the file descriptor can be redirected then, and Node has
// no dup2.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

static int original = -1;

static napi_value Mute(napi_env env, napi_callback_info info) {
  int nowhere = open("/dev/null", O_WRONLY);
  if (original == -1 && nowhere != -1) {
    original = dup(STDERR_FILENO);
    dup2(nowhere, STDERR_FILENO);
  }
  if (nowhere != -1) close(nowhere);
  return nullptr;
}

static napi_value Unmute(napi_env env, napi_callback_info info) {
  if (original != -1) {
    dup2(original, STDERR_FILENO);
    close(original);
    original = -1;
  }
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value mute, unmute;
  napi_create_function(env, "mute", NAPI_AUTO_LENGTH, Mute, nullptr, &mute);
  napi_create_function(env, "unmute", NAPI_AUTO_LENGTH, Unmute, nullptr, &unmute);
  napi_set_named_property(env, exports, "mute", mute);
  napi_set_named_property(env, exports, "unmute", unmute);
  return exports;
}
