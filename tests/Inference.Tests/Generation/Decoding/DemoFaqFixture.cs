using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

/// <summary>demo-faq, loaded once.</summary>
public sealed class DemoFaqFixture : IDisposable
{
    private readonly IChatModel _model = LoadedModel.Load<IChatModel>(ModelTask.Chat, TestModels.DemoFaq);

    internal IChatModel Model => _model;

    public void Dispose() => _model.Dispose();
}
