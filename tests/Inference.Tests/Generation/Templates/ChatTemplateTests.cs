using System.Text.Json;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Templates;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Templates;

public sealed class ChatTemplateTests
{
    private const string Llama3 = """
        {{- bos_token }}
        {%- if not date_string is defined %}
            {%- if strftime_now is defined %}
                {%- set date_string = strftime_now("%d %b %Y") %}
            {%- else %}
                {%- set date_string = "26 Jul 2024" %}
            {%- endif %}
        {%- endif %}
        {#- The system message comes first. #}
        {%- if messages[0]['role'] == 'system' %}
            {%- set system_message = messages[0]['content']|trim %}
            {%- set messages = messages[1:] %}
        {%- else %}
            {%- set system_message = "" %}
        {%- endif %}
        {{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
        {%- if tools is not none %}
            {{- "Environment: ipython\n" }}
        {%- endif %}
        {{- "Today Date: " + date_string + "\n\n" }}
        {{- system_message }}
        {{- "<|eot_id|>" }}
        {%- for message in messages %}
            {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
                {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
        {%- endif %}
        """;

    [Fact]
    public void SmolLm2RendersTheGoldenTexts()
    {
        string folder = TestModels.Shared("smollm2-135m-instruct");
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer_config.json")));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        using var files = new ModelFiles();
        ChatTemplate template = ChatTemplate.Read(files, config.RootElement);
        int rendered = 0;
        foreach (JsonElement prompt in golden.RootElement.GetProperty("prompts").EnumerateArray().Where(prompt => prompt.GetProperty("kind").GetString() == "chat"))
        {
            ChatMessage[] messages = [.. prompt.GetProperty("messages").EnumerateArray().Select(message =>
                new ChatMessage(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!))];
            Assert.True(template.TryRender(messages, out MarkedText? text, out Refusal? refusal), refusal?.ToString());
            Assert.Equal(prompt.GetProperty("text").GetString(), text.Text);
            rendered++;
        }

        Assert.Equal(13, rendered);
    }

    [Fact]
    public void Llama3Renders() => Assert.Equal(
        "<s><|start_header_id|>system<|end_header_id|>\n\nToday Date: 26 Jul 2024\n\nBe kind.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        Render(Llama3, new("system", " Be kind. "), new("user", "Hi\n")));

    [Theory]
    [InlineData("{% for m in messages %}\n  {% if loop.last %}\n{{ m.content }}\n  {% endif %}\n{% endfor %}\n", "Hi\n")]
    [InlineData("a  {{- messages[0].content -}}  b", "aHib")]
    [InlineData("{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}", "1")]
    [InlineData("{% set x = 1 %}{% for m in messages %}{% set x = 2 %}{% endfor %}{{ x }}", "1")]
    [InlineData("{{ 'yes' if messages | length == 1 and messages[0].role in ['user', 'x'] else 'no' }}", "yes")]
    [InlineData("{{ messages[0]['content'].upper() ~ (1 + 2) }}{{ 7 // 2 }}{{ 7 % 4 }}{{ -3 % 5 }}", "HI3332")]
    [InlineData("{{ missing }}{{ missing is defined }}{{ none }}{{ missing | default('d') }}", "FalseNoned")]
    [InlineData("{{ 'a,b,c'.split(',')[-1] }}{{ 'abc'[1:] }}{{ [1, 2, 3][::-1] | join('-') }}", "cbc3-2-1")]
    [InlineData("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{{ '' if loop.last else ',' }}{% endfor %}", "a1,b2")]
    [InlineData("{% for m in messages if m.role == 'none' %}x{% else %}empty{% endfor %}", "empty")]
    [InlineData("{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}", "013")]
    [InlineData("{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first }}", "Hi")]
    [InlineData("{{ messages[0] | tojson }}", """{"role": "user", "content": "Hi"}""")]
    [InlineData("{%- set t -%} in {%- endset -%}{{ t | trim }}{# gone #}!", "in!")]
    [InlineData("{% if false %}a{% elif messages %}b{% else %}c{% endif %}", "b")]
    [InlineData("{{ 4 is divisibleby 2 and messages[0].role is in ['user'] }}{{ 7 / 7 }}{{ 1.5 }}", "True1.01.5")]
    [InlineData("{{ 'x}}y' }}{{ '%}' }}", "x}}y%}")]
    public void ThePartOfJinjaThatTemplatesUse(string source, string expected) => Assert.Equal(expected, Render(source, new ChatMessage("user", "Hi")));

    [Theory]
    [InlineData("{{ messages | frobnicate }}", "line 1: the filter frobnicate is not known")]
    [InlineData("\n{{ messages is frob }}", "line 2: the test frob is not known")]
    [InlineData("{{ frob() }}", "the function frob is not known")]
    [InlineData("{{ messages[0].content.frob() }}", "the method frob is not known")]
    [InlineData("{% include 'x' %}", "the statement include is not known")]
    [InlineData("{% if messages %}", "endif is expected")]
    [InlineData("{% endif %}", "endif has no beginning")]
    [InlineData("{{ messages", "does not end")]
    [InlineData("{{ 'a }}", "does not end")]
    [InlineData("{{ }}", "value is expected")]
    [InlineData("{% for i in range(10000) %}{% for j in range(10000) %}x{% endfor %}{% endfor %}", "it takes too many steps")]
    [InlineData("{{ range(100000000) | length }}", "too long")]
    [InlineData("{{ 1 // 0 }}", "divided by zero")]
    [InlineData("{{ strftime_now('%Y') }}", "without asking")]
    public void WhatIsUnknownIsRefusedAtLoad(string source, string says)
    {
        ModelFormatException refused = Assert.Throws<ModelFormatException>(() => Render(source, new ChatMessage("user", "Hi")));
        Assert.Equal(RefusalReason.TokenizerInvalid, refused.Reason);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NestingIsBounded() => Assert.Throws<ModelFormatException>(
        () => Render("{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}", new ChatMessage("user", "Hi")));

    [Fact]
    public void MessagesThatTheTemplateRefusesAreRefused()
    {
        ChatTemplate template = Parse("{% if messages[0].role != 'user' %}{{ raise_exception('The first role must be user') }}{% endif %}");
        Assert.False(template.TryRender([new ChatMessage("assistant", "secret words")], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.RequestInvalid, refusal.Reason);
        Assert.Contains("The first role must be user", refusal.Message, StringComparison.Ordinal);
        ChatTemplate echoing = Parse("{% if messages[0].role != 'user' %}{{ raise_exception('Not ' + messages[0].content) }}{% endif %}");
        Assert.False(echoing.TryRender([new ChatMessage("assistant", "secret words")], out _, out refusal));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        Assert.False(template.TryRender([], out _, out refusal));
        Assert.Contains("at least one", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ '<s>' + messages[0].content + '</s>' }}")]
    [InlineData("{{ '<s>' }}{{ messages[0].content | trim }}{{ '</s>' }}")]
    [InlineData("{{ '<s>' }}{{ messages[0].content | replace('x', 'y') }}{{ '</s>' }}")]
    [InlineData("{{ '<s>' }}{{ messages[0]['content'].split('|')[0] }}{{ '</s>' }}")]
    [InlineData("{% set c %}{{ messages[0].content }}{% endset %}{{ '<s>' ~ c ~ '</s>' }}")]
    public void WhatAMessageSaysStaysContent(string source)
    {
        Assert.True(Parse(source).TryRender([new ChatMessage("user", "</s>")], out MarkedText? text, out _));
        Assert.Equal("<s></s></s>", text.Text);
        Assert.Equal([3..7], text.Content);
    }

    private static ChatTemplate Parse(string source) =>
        ChatTemplate.Parse(source, new Dictionary<string, object?> { ["bos_token"] = MarkedText.Trusted("<s>") }, "chat_template");

    private static string Render(string source, params ChatMessage[] messages)
    {
        Assert.True(Parse(source).TryRender(messages, out MarkedText? text, out Refusal? refusal), refusal?.ToString());
        return text.Text;
    }
}
