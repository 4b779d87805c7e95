using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Http;

/// <summary>The messages are those that the Kubernetes 1.34 API server gives for the same requests.</summary>
public sealed class ValidationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Skipped = "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; " +
        "correct the existing errors to complete validation";

    [Theory]
    [InlineData("""{"type":"c"}""", "spec.type: Unsupported value: \"c\": supported values: \"a\", \"b\"")]
    [InlineData("""{}""", "spec.type: Required value")]
    [InlineData("""{"type":"a","size":"x"}""", "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"")]
    [InlineData("""{"type":"a","size":0}""", "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1")]
    [InlineData("""{"type":"a","name":"abcdefg"}""", "spec.name: Too long: may not be more than 5 bytes")]
    [InlineData("""{"type":"a","name":"A1"}""", "spec.name: Invalid value: \"A1\": spec.name in body should match '^[a-z]+$'")]
    [InlineData("""{"type":"a","ports":[{"port":1}]}""", "spec.ports[0].name: Required value")]
    [InlineData("""{"type":"a","ports":[{"name":"a"},{"name":"b"},{"name":"c"}]}""", "spec.ports: Too many: 3: must have at most 2 items")]
    [InlineData("""{"type":"a","ports":[{"name":"x"},{"name":"x"}]}""", "spec.ports[1]: Duplicate value: {\"name\":\"x\"}")]
    [InlineData("""{"type":"a","tags":["a","a"]}""", "spec.tags[1]: Duplicate value: \"a\"")]
    [InlineData("""{"type":"a","q":true}""", "spec.q: Invalid value: \"boolean\": spec.q in body must be of type integer,string: \"boolean\"")]
    [InlineData("""{"type":"a","labels":{"a":1}}""", "spec.labels.a: Invalid value: \"integer\": spec.labels.a in body must be of type string: \"integer\"")]
    public async Task A_schema_fault_is_told_with_its_path(string spec, string expected)
    {
        JsonObjectAnswer answer = await PostAsync(spec);
        Assert.StartsWith($"Widget.example.dev \"bad\" is invalid: [{expected}", answer.Message);
        Assert.EndsWith($"{Skipped}]", answer.Message);
        Assert.Equal("Invalid", answer.Reason);
    }

    [Fact]
    public async Task Rules_tell_message_reason_and_field()
    {
        JsonObjectAnswer answer = await PostAsync("""{"type":"a","size":11,"replicas":1,"scaling":{}}""");
        Assert.Equal(
            "Widget.example.dev \"bad\" is invalid: [spec.scaling: Forbidden: replicas and scaling exclude each other, " +
            "spec: Invalid value: \"object\": size too big: a]",
            answer.Message);
    }

    [Fact]
    public async Task A_transition_rule_guards_updates_only()
    {
        var made = await fixture.ExpectAsync(201, "POST", ApiFixture.WidgetPath, Samples.Widget("fixed").ToJsonString());
        made["spec"]!["type"] = "b";
        var status = await fixture.ExpectAsync(422, "PUT", $"{ApiFixture.WidgetPath}/fixed", made.ToJsonString());
        Assert.Equal("Widget.example.dev \"fixed\" is invalid: spec.type: Invalid value: \"string\": type is immutable", status.Text("message"));
    }

    [Fact]
    public async Task Unknown_fields_are_refused_warned_of_or_dropped()
    {
        string body = Samples.Widget("unknown", """{"type":"a","foo":1,"ports":[{"name":"x","bar":2}],"free":{"any":{"thing":1}}}""").ToJsonString();
        var strict = await fixture.ExpectAsync(400, "POST", $"{ApiFixture.WidgetPath}?fieldValidation=Strict", body);
        Assert.Equal(
            "Widget in version \"v1alpha1\" cannot be handled as a Widget: strict decoding error: unknown field \"spec.foo\", unknown field \"spec.ports[0].bar\"",
            strict.Text("message"));
        (int code, var made, var headers) = await fixture.SendAsync("POST", $"{ApiFixture.WidgetPath}?fieldValidation=Warn", body);
        Assert.Equal(201, code);
        Assert.Equal(["299 - \"unknown field \\\"spec.foo\\\"\"", "299 - \"unknown field \\\"spec.ports[0].bar\\\"\""], headers.GetValues("Warning"));
        Assert.Null(made.Find("spec", "foo"));
        Assert.Equal(1, made.Integer("spec", "free", "any", "thing"));
    }

    [Fact]
    public async Task Defaults_are_filled_in()
    {
        var made = await fixture.ExpectAsync(201, "POST", ApiFixture.WidgetPath, Samples.Widget("defaults", """{"type":"a","ports":[{"name":"x"}]}""").ToJsonString());
        Assert.Equal(1, made.Integer("spec", "size"));
        Assert.Equal(80, made.Items("spec", "ports").Single().Integer("port"));
    }

    [Theory]
    [InlineData("W_", "metadata.name: Invalid value: \"W_\": a lowercase RFC 1123 subdomain")]
    [InlineData("", "[metadata.name: Required value: name or generateName is required")]
    public async Task Names_are_checked(string name, string expected)
    {
        var status = await fixture.ExpectAsync(422, "POST", ApiFixture.WidgetPath, Samples.Widget(name).ToJsonString());
        Assert.StartsWith($"Widget.example.dev \"{name}\" is invalid: {expected}", status.Text("message"));
    }

    [Fact]
    public async Task Built_in_kinds_refuse_unknown_fields_and_missing_images()
    {
        var pod = Samples.Pod("p");
        pod["spec"]!["containers"]![0]!["imag"] = "x";
        var strict = await fixture.ExpectAsync(400, "POST", "/api/v1/namespaces/default/pods?fieldValidation=Strict", pod.ToJsonString());
        Assert.Equal("Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.containers[0].imag\"", strict.Text("message"));
        pod["spec"]!["containers"]![0]!.AsObject().Remove("image");
        var invalid = await fixture.ExpectAsync(422, "POST", "/api/v1/namespaces/default/pods?fieldValidation=Ignore", pod.ToJsonString());
        Assert.Equal("Pod \"p\" is invalid: spec.containers[0].image: Required value", invalid.Text("message"));
        await fixture.ExpectAsync(400, "POST", "/api/v1/namespaces/default/pods",
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":"x"}}""");
    }

    [Fact]
    public async Task A_selector_cannot_change()
    {
        await fixture.ExpectAsync(201, "POST", "/apis/apps/v1/namespaces/default/deployments", Samples.Deployment("sel").ToJsonString());
        var status = await fixture.ExpectAsync(422, "PATCH", "/apis/apps/v1/namespaces/default/deployments/sel",
            """{"spec":{"selector":{"matchLabels":{"app":"other"}},"template":{"metadata":{"labels":{"app":"other"}}}}}""", "application/merge-patch+json");
        Assert.Contains("spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: field is immutable", status.Text("message"));
    }

    private async Task<JsonObjectAnswer> PostAsync(string spec)
    {
        var status = await fixture.ExpectAsync(422, "POST", ApiFixture.WidgetPath, Samples.Widget("bad", spec).ToJsonString());
        return new(status.Text("message") ?? "", status.Text("reason") ?? "");
    }

    private sealed record JsonObjectAnswer(string Message, string Reason);
}
